import { type ChildProcess, spawn } from 'node:child_process';
import { createServer, type Server, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { freePort } from '../cli/ports.ts';
import { farmProgram } from './farm.generated.ts';

/** What a server of the farm does. Times in milliseconds after the request. */
export type Behaviour =
  | { readonly kind: 'ok' }
  | { readonly kind: 'silent' }
  | { readonly kind: 'close'; readonly afterMs: number }
  | { readonly kind: 'error_status'; readonly afterMs: number }
  | { readonly kind: 'header_drip' }
  | { readonly kind: 'no_read' }
  /** Nobody listens. This and the next two are for good. */
  | { readonly kind: 'refused' }
  /** No SYN is answered. `limitMs`: clients give up then, and until then they send their SYN again. */
  | { readonly kind: 'blackhole'; readonly limitMs: number }
  /** The first retransmission of a SYN is answered (1.03 s after the SYN), then there is silence. */
  | { readonly kind: 'late'; readonly limitMs: number };

/** An active health check: a server that is well answers it with this status, and it counts as no attempt. */
export interface Check {
  readonly path: string;
  readonly status: number;
}

/** One address of the farm: a good server until it becomes something else. */
export interface Plot {
  /** `127.16.0.1:20001` */
  readonly address: string;
  /** Open connections stay while there is a server: their next request meets the new behaviour. */
  become(behaviour: Behaviour): Promise<void>;
  /** Calls at each attempt from now on; without it `late` lets nobody in. Nothing is told of `refused`. */
  watch(attempt: () => void): void;
  /** Attempts so far: requests for `path`, or dropped SYNs. Undefined where nobody can count, or checks send SYNs too. */
  attempts(path: string): Promise<number | undefined>;
  /** Gives the address back. */
  end(): Promise<void>;
}

interface Waiting {
  resolve(count: number): void;
  reject(problem: Error): void;
}

/** Addresses are given out once in a process: Caddy counts failures by address. */
let given = 0;

/**
 * Any number of servers that misbehave, each with an IP address of its own below 127.0.0.0/8, so that no two measurements
 * share one. One perl process holds all that do not answer SYN packets, because Node cannot set a backlog of 0; it is
 * started for the first of them, and perl-base is part of every Debian system.
 */
export class Farm {
  readonly #servers = new Set<Serving>();
  readonly #waiting = new Map<string, Waiting>();
  readonly #calls = new Map<string, () => void>();
  readonly #perl: string;
  #port = 0;
  #child: ChildProcess | undefined;
  #ended: Promise<void> | undefined;

  constructor(perl = 'perl') {
    this.#perl = perl;
  }

  async start(): Promise<void> {
    this.#port = await freePort();
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#servers].map((server) => server.stop()));
    this.#child?.stdin?.end();
    await this.#ended;
  }

  async plot(check?: Check): Promise<Plot> {
    const number = ++given;
    const ip = `127.${16 + (number >> 16)}.${(number >> 8) & 255}.${number & 255}`;
    const server = new Serving(check);
    this.#servers.add(server);
    await server.start(ip, this.#port);
    let kind: Behaviour['kind'] = 'ok';
    const isHole = (): boolean => kind === 'blackhole' || kind === 'late';
    const letGo = async (): Promise<void> => {
      this.#servers.delete(server);
      await server.stop();
    };
    return {
      address: `${ip}:${this.#port}`,
      become: async (behaviour) => {
        kind = behaviour.kind;
        server.behaviour = behaviour;
        if (kind === 'refused' || isHole()) await letGo();
        if (!('limitMs' in behaviour)) return;
        await this.#ask(`${kind} ${ip} ${this.#port} ${behaviour.limitMs}`, `ready ${ip}`);
      },
      watch: (attempt) => {
        server.attempt = attempt;
        if (!isHole()) return;
        this.#calls.set(ip, attempt);
        this.#child?.stdin?.write(`watch ${ip}\n`);
      },
      attempts: async (path) => {
        if (kind === 'refused' || (isHole() && check)) return undefined;
        return isHole() ? this.#ask(`count ${ip}`, `count ${ip}`) : server.paths.filter((one) => one === path).length;
      },
      end: async () => {
        if (isHole()) this.#child?.stdin?.write(`close ${ip}\n`);
        else if (kind !== 'refused') await letGo();
      },
    };
  }

  #ask(command: string, answer: string): Promise<number> {
    this.#child ??= this.#spawn();
    const child = this.#child;
    return new Promise((resolve, reject) => {
      if (child.exitCode !== null || child.signalCode !== null) throw new Error('farm.pl has ended');
      this.#waiting.set(answer, { resolve, reject });
      child.stdin?.write(`${command}\n`);
    });
  }

  #spawn(): ChildProcess {
    const child = spawn(this.#perl, ['-e', farmProgram], { stdio: ['pipe', 'pipe', 'pipe'] });
    let errors = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      errors += text;
    });
    child.stdin.on('error', () => {});
    createInterface({ input: child.stdout }).on('line', (line) => {
      const [word, name = '', count] = line.split(' ');
      if (word === 'attempt') this.#calls.get(name)?.();
      else {
        this.#waiting.get(`${word} ${name}`)?.resolve(Number(count));
        this.#waiting.delete(`${word} ${name}`);
      }
    });
    this.#ended = new Promise((resolve) => {
      const end = (problem: Error): void => {
        for (const { reject } of this.#waiting.values()) reject(problem);
        this.#waiting.clear();
        resolve();
      };
      child.once('error', end);
      child.once('close', () => end(new Error(errors.trim() || 'farm.pl has ended')));
    });
    return child;
  }
}

/** A server of one address that speaks, and misbehaves as told. */
class Serving {
  behaviour: Behaviour = { kind: 'ok' };
  attempt: () => void = () => {};
  readonly paths: string[] = [];
  readonly #sockets = new Set<Socket>();
  readonly #server: Server;
  readonly #check: Check | undefined;

  constructor(check: Check | undefined) {
    this.#check = check;
    this.#server = createServer((socket) => this.#serve(socket));
  }

  start(host: string, port: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen({ host, port, exclusive: true }, () => resolve());
    });
  }

  stop(): Promise<void> {
    const closed = new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
    for (const socket of this.#sockets) socket.destroy();
    return closed;
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket);
    socket.setNoDelay();
    socket.on('error', () => {});
    socket.once('close', () => this.#sockets.delete(socket));
    let head = '';
    let body = 0;
    let path = '';
    socket.on('data', (bytes) => {
      if (body === 0) {
        head += bytes.toString('latin1');
        const end = head.indexOf('\r\n\r\n');
        if (end < 0) return;
        path = /^\S+ (\S+)/.exec(head)?.[1] ?? '';
        body = Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? 0) - (head.length - end - 4);
        head = '';
        if (path !== this.#check?.path) {
          this.paths.push(path);
          this.attempt();
        }
        if (this.behaviour.kind === 'no_read') {
          socket.pause();
          return;
        }
      } else body -= bytes.length;
      if (body <= 0) {
        body = 0;
        const isCheck = path === this.#check?.path;
        if (isCheck && this.behaviour.kind === 'ok') socket.end(response(this.#check.status, closing));
        else answer(this.behaviour, socket);
      }
    });
  }
}

function answer(behaviour: Behaviour, socket: Socket): void {
  const later = (ms: number, act: () => void): void => {
    const timer = setTimeout(act, ms);
    socket.once('close', () => clearTimeout(timer));
  };
  switch (behaviour.kind) {
    case 'ok':
      socket.write(response(200));
      break;
    case 'close':
      later(behaviour.afterMs, () => socket.destroy());
      break;
    case 'error_status':
      later(behaviour.afterMs, () => socket.write(response(503)));
      break;
    case 'header_drip': {
      socket.write('HTTP/1.1 200 OK\r\nX-Drip: ');
      const timer = setInterval(() => socket.write('a'), 25);
      socket.once('close', () => clearInterval(timer));
      break;
    }
    default:
      break;
  }
}

/** Caddy would send a request over the connection of a check, and then again when that one is closed. */
const closing = 'Connection: close\r\n';

/** 204 and 304 have no body, and must not tell the length of one. */
function response(status: number, header = ''): string {
  const start = `HTTP/1.1 ${status} Drill\r\n${header}`;
  return status === 204 || status === 304 ? `${start}\r\n` : `${start}Content-Length: 2\r\n\r\nok`;
}
