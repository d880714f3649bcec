import { type ChildProcess, spawn } from 'node:child_process';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { freePorts } from '../proxies/ports.ts';

/** What a server of the farm does with a request. Times in milliseconds. */
export type Behaviour =
  | { readonly kind: 'ok' }
  | { readonly kind: 'silent' }
  | { readonly kind: 'close'; readonly afterMs: number }
  | { readonly kind: 'error_status'; readonly afterMs: number }
  | { readonly kind: 'header_drip' }
  | { readonly kind: 'no_read' };

/** One address of the farm. */
export interface Plot {
  /** `127.16.0.1:20001` */
  readonly address: string;
  /** Open connections stay: their next request meets the new behaviour. */
  become(behaviour: Behaviour): void;
  /** Looks at dropped SYNs from now on, and calls at each attempt. Nothing is told of `refused`. */
  watch(attempt: () => void): void;
  /** Attempts so far: requests for `path`, or dropped SYNs; undefined for `refused`. */
  attempts(path: string): Promise<number | undefined>;
}

type Kind = 'serve' | 'refused' | 'never' | 'late';

interface State {
  behaviour: Behaviour;
  readonly paths: string[];
  attempt: () => void;
}

/** Node cannot set a backlog of 0; perl can, and perl-base is part of every Debian system. */
const PERL = 'perl';

let block = 16;

/**
 * Any number of servers that misbehave, each with an IP address of its own below 127.0.0.0/8, so that no two measurements
 * share one. One listener serves all that speak; one perl process holds all that do not answer SYN packets.
 */
export class Farm {
  readonly #states = new Map<string, State>();
  readonly #sockets = new Set<Socket>();
  readonly #answers = new Map<string, (count: number) => void>();
  readonly #calls = new Map<string, () => void>();
  readonly #block = block++;
  #next = 1;
  #server: Server | undefined;
  #child: ChildProcess | undefined;
  #ports: readonly number[] = [];
  #failure = '';

  async start(): Promise<void> {
    this.#ports = await freePorts(3);
    const server = createServer((socket) => this.#serve(socket));
    this.#server = server;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ port: this.#ports[0], host: '0.0.0.0', backlog: 4096 }, () => resolve());
    });
    const child = spawn(PERL, [join(import.meta.dirname, 'farm.pl')], { stdio: ['pipe', 'pipe', 'pipe'] });
    this.#child = child;
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#failure += text;
    });
    child.stdin.on('error', () => {});
    createInterface({ input: child.stdout }).on('line', (line) => {
      const [word, name = '', count] = line.split(' ');
      if (word === 'attempt') this.#calls.get(name)?.();
      else {
        this.#answers.get(`${word} ${name}`)?.(Number(count));
        this.#answers.delete(`${word} ${name}`);
      }
    });
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server?.close(resolve));
    const child = this.#child;
    const ended = new Promise((resolve) => child?.once('close', resolve));
    child?.stdin?.end();
    await ended;
  }

  async plot(kind: Kind): Promise<Plot> {
    const number = this.#next++;
    const ip = `127.${this.#block}.${number >> 8}.${number & 255}`;
    const [serving = 0, holes = 0, nobody = 0] = this.#ports;
    if (kind === 'serve') {
      const state: State = { behaviour: { kind: 'ok' }, paths: [], attempt: () => {} };
      this.#states.set(ip, state);
      return {
        address: `${ip}:${serving}`,
        become: (behaviour) => {
          state.behaviour = behaviour;
        },
        watch: (attempt) => {
          state.attempt = attempt;
        },
        attempts: async (path) => state.paths.filter((one) => one === path).length,
      };
    }
    const silent = { become: () => {}, watch: () => {} };
    if (kind === 'refused') return { ...silent, address: `${ip}:${nobody}`, attempts: async () => undefined };
    await this.#ask(`${kind} ${ip} ${ip} ${holes}`, `ready ${ip}`);
    return {
      ...silent,
      address: `${ip}:${holes}`,
      watch: (attempt) => {
        this.#calls.set(ip, attempt);
        this.#child?.stdin?.write(`watch ${ip}\n`);
      },
      attempts: () => this.#ask(`count ${ip}`, `count ${ip}`),
    };
  }

  #ask(command: string, answer: string): Promise<number> {
    if (this.#failure !== '') throw new Error(`farm.pl: ${this.#failure}`);
    return new Promise((resolve, reject) => {
      const limit = setTimeout(() => reject(new Error(`farm.pl does not answer ${command}: ${this.#failure}`)), 10_000);
      this.#answers.set(answer, (count) => {
        clearTimeout(limit);
        resolve(count);
      });
      this.#child?.stdin?.write(`${command}\n`);
    });
  }

  #serve(socket: Socket): void {
    const state = this.#states.get(socket.localAddress ?? '');
    if (!state || !socket.remoteAddress?.startsWith('127.')) {
      socket.destroy();
      return;
    }
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
        state.paths.push(path);
        state.attempt();
        if (state.behaviour.kind === 'no_read') {
          socket.pause();
          return;
        }
      } else body -= bytes.length;
      if (body <= 0) {
        body = 0;
        answer(state.behaviour, socket);
      }
    });
  }
}

const good = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
const bad = 'HTTP/1.1 503 Service Unavailable\r\nContent-Length: 2\r\n\r\nno';

function answer(behaviour: Behaviour, socket: Socket): void {
  const later = (ms: number, act: () => void): void => {
    const timer = setTimeout(act, ms);
    socket.once('close', () => clearTimeout(timer));
  };
  switch (behaviour.kind) {
    case 'ok':
      socket.write(good);
      break;
    case 'close':
      later(behaviour.afterMs, () => socket.destroy());
      break;
    case 'error_status':
      later(behaviour.afterMs, () => socket.write(bad));
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
