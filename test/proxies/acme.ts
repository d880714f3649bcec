import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import https from 'node:https';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TLSSocket } from 'node:tls';
import { parse } from 'yaml';
import { selfSigned } from '../../src/cli/certificate.ts';
import { freePort } from '../../src/cli/ports.ts';
import { compile } from '../../src/compile.ts';
import { launch, type Running, untilReady } from '../../src/drill/process.ts';
import type { Layout } from '../../src/targets/layout.ts';
import type { Binary } from './binaries.ts';
import { analyseFor } from './layout.ts';

const top = join(import.meta.dirname, '../..');

/** Where `acme.sh` has put certbot, pebble, busybox and shellcheck; fetched now if they are not there. */
export function acmePrograms(): string {
  execFileSync('bash', [join(top, 'test/proxies/acme.sh')]);
  return join(resolve(process.env.PROXYWRIGHT_PROXIES || join(top, '.proxies')), 'acme');
}

/** Let's Encrypt's own server for tests, on loopback. */
export interface Ca {
  /** The URL of its directory. */
  readonly directory: string;
  /** PEM text: the certificate of the server itself. */
  readonly server: string;
  /** Starts it, or starts it anew with other keys. */
  start(): Promise<void>;
  /** PEM text: what it signs with. */
  root(): Promise<string>;
  /** How many certificates it has made since it was started. */
  issued(): number;
  stop(): Promise<void>;
}

/** `validSeconds`: how long its certificates are valid; absent: for years. */
export async function makeCa(
  folder: string,
  ports: { readonly http: number; readonly tls: number; readonly dns: number; readonly validSeconds?: number },
): Promise<Ca> {
  const [port, management] = [await freePort(), await freePort()];
  const pair = selfSigned(['127.0.0.1']);
  const file = (name: string): string => join(folder, name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(file('ca.pem'), pair.certificate);
  writeFileSync(file('ca.key'), pair.key);
  const pebble = {
    listenAddress: `127.0.0.1:${port}`,
    managementListenAddress: `127.0.0.1:${management}`,
    certificate: file('ca.pem'),
    privateKey: file('ca.key'),
    httpPort: ports.http,
    tlsPort: ports.tls,
    ocspResponderURL: '',
    externalAccountBindingRequired: false,
    ...(ports.validSeconds === undefined ? {} : { certificateValidityPeriod: ports.validSeconds }),
  };
  writeFileSync(file('pebble.json'), JSON.stringify({ pebble }));
  let running: Running | undefined;
  return {
    directory: `https://127.0.0.1:${port}/dir`,
    server: pair.certificate,
    async start() {
      const program = join(acmePrograms(), 'bin/pebble');
      const args = ['-config', file('pebble.json'), '-dnsserver', `127.0.0.1:${ports.dns}`];
      running = launch(program, args, folder, { PEBBLE_VA_NOSLEEP: '1', PEBBLE_WFE_NONCEREJECT: '0' });
      await untilReady(running, [port, management]);
    },
    root: () => fetched(management, '/roots/0', pair.certificate),
    issued: () => running?.log().match(/^.*Issued certificate serial/gm)?.length ?? 0,
    async stop() {
      await running?.stop();
    },
  };
}

function fetched(port: number, path: string, ca: string): Promise<string> {
  return new Promise((done, failed) => {
    https
      .get({ host: '127.0.0.1', port, path, ca, agent: false }, (response) => {
        response.toArray().then((chunks) => done(Buffer.concat(chunks).toString()), failed);
      })
      .once('error', failed);
  });
}

/** What a client that verifies sees at a name: the certificate's number and the status; an error in words otherwise. */
export function visit(
  port: number,
  name: string,
  ca: string,
): Promise<{ readonly serial: string; readonly status: number } | string> {
  return new Promise((done) => {
    https
      .get(
        { host: '127.0.0.1', port, servername: name, headers: { Host: name }, ca, agent: false, timeout: 5_000 },
        (answer) => {
          const { serialNumber } = (answer.socket as TLSSocket).getPeerCertificate();
          answer.resume();
          done({ serial: serialNumber, status: answer.statusCode ?? 0 });
        },
      )
      .once('timeout', function (this: { destroy(): void }) {
        this.destroy();
        done('timeout');
      })
      .once('error', ({ message }) => done(message));
  });
}

/**
 * The number of the certificate that a client who trusts the CA sees, as soon as it is another one than `besides`. `log`:
 * what the edge has said, for whoever looks for the reason.
 */
export async function trusted(
  port: number,
  name: string,
  { root, besides = '', log }: { readonly root: string; readonly besides?: string; readonly log: () => string },
): Promise<string> {
  let seen: Awaited<ReturnType<typeof visit>> = '';
  for (const end = performance.now() + 90_000; performance.now() < end; await sleep(100)) {
    seen = await visit(port, name, root);
    if (typeof seen !== 'string' && seen.serial !== besides) return seen.serial;
  }
  throw new Error(`${name}: ${JSON.stringify(seen)}\n${log()}`);
}

/** An output folder, written as `build` writes it, with the paths of the containers mapped into it. */
export interface Output {
  readonly folder: string;
  /** Writes it for another text of the topology, with the PEM text of the CA that it names. */
  write(text: string, caRoot: string): void;
  /** The environment that a service of the fragment has, with the paths of this folder. */
  environment(service: string): Record<string, string>;
}

export function output(binary: Binary, name: string, layout: (folder: string) => Layout): Output {
  const folder = mkdtempSync(join(tmpdir(), `proxywright-${name}-`));
  // nginx's workers are another user.
  chmodSync(folder, 0o755);
  return {
    folder,
    write(text, caRoot) {
      const { topology: alone } = analyseFor(binary, text);
      const topology = { ...alone, targetIds: [...alone.targetIds, 'compose' as const] };
      const targets = [binary.program as 'nginx' | 'caddy', 'compose'] as const;
      for (const { path, text: content, executable } of compile(topology, {
        layout: layout(folder),
        targets,
        caRoot,
      })) {
        const file = join(folder, path);
        mkdirSync(dirname(file), { recursive: true });
        writeFileSync(file, content);
        if (executable) chmodSync(file, 0o755);
      }
    },
    environment(service) {
      const { services } = parse(readFileSync(join(folder, 'compose/edge.yaml'), 'utf8'));
      const own: Record<string, string> = services[service].environment;
      const there = (value: string): string => value.replace('/etc/edge/acme', join(folder, 'compose/acme'));
      return Object.fromEntries(Object.entries(own).map(([key, value]) => [key, there(value)]));
    },
  };
}

/**
 * A folder of programs for the scripts: nginx and certbot as a container's image has them, and the commands of the
 * system, or, as in the images, those of busybox alone.
 */
export function programs({ folder }: Output, nginx: Binary, userland: 'system' | 'busybox'): string {
  const own = join(acmePrograms(), 'bin');
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  const busybox = join(own, 'busybox');
  const applets = execFileSync(busybox, ['--list'], { encoding: 'utf8' }).trim().split('\n');
  for (const applet of userland === 'busybox' ? applets : ['wget']) symlinkSync(busybox, join(bin, applet));
  for (const name of ['certbot', 'openssl']) script(join(bin, name), `exec '${join(own, name)}' "$@"`);
  script(join(bin, 'nginx'), `exec '${nginx.path}' -e stderr -p '${folder}/' "$@"`);
  // Where certbot finds its folders: a setting of the person, not of the script.
  const settings = join(folder, '.config/letsencrypt');
  mkdirSync(settings, { recursive: true });
  const folders = ['config-dir', 'work-dir', 'logs-dir'].map(
    (key, at) => `${key} = ${folder}/${['letsencrypt', 'work', 'logs'][at]}`,
  );
  writeFileSync(join(settings, 'cli.ini'), `${folders.join('\n')}\n`);
  return bin;
}

function script(path: string, line: string): void {
  if (existsSync(path)) throw new Error(`${path} is there twice`);
  writeFileSync(path, `#!/bin/sh\n${line}\n`, { mode: 0o755 });
}
