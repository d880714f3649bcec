import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { launch, type Running, until } from '../../src/drill/process.ts';
import { type Ca, type Output, output, programs, trusted, visit } from './acme.ts';
import type { Binary } from './binaries.ts';
import { loopbackLayout } from './layout.ts';
import { finish } from './process.ts';

/** The edge as the fragments describe it: the containers' processes, with their scripts and their environment. */
export class NginxEdge {
  readonly out: Output;
  readonly bin: string;
  readonly certbot: Record<string, string>;
  readonly running: Running[] = [];
  readonly port: { readonly http: number; readonly tls: number };
  readonly ca: Ca;

  constructor(
    binary: Binary,
    port: { readonly http: number; readonly tls: number },
    ca: Ca,
    userland: 'system' | 'busybox',
  ) {
    this.port = port;
    this.ca = ca;
    const ports = new Map([
      [80, port.http],
      [443, port.tls],
    ]);
    const layout = (folder: string) => loopbackLayout({ folder, ports, servers: new Map() });
    this.out = output(binary, `acme-${binary.age}`, layout);
    this.bin = programs(this.out, binary, userland);
    this.write('');
    const { folder } = this.out;
    for (const one of ['tls', 'acme']) mkdirSync(join(folder, one));
    this.certbot = {
      PATH: userland === 'busybox' ? this.bin : `${this.bin}:${process.env.PATH}`,
      EDGE_ACME: join(folder, 'compose/acme'),
      EDGE_TLS: join(folder, 'tls'),
      EDGE_WEBROOT: join(folder, 'acme'),
      EDGE_LETSENCRYPT: join(folder, 'letsencrypt'),
      EDGE_CONF: join(folder, 'nginx/nginx.conf'),
      EDGE_STEP: '1',
      ...this.out.environment('certbot'),
      EDGE_PROBE: `http://127.0.0.1:${port.http}`,
    };
  }

  write(words: string): void {
    const text = `
edge: { proxy: nginx }
acme: { ca: "${this.ca.directory}", email: ops@example.com, ca_root: ca.pem }
sites:
  a.example.com: { respond: { body: a }${words} }
  b.example.com: { respond: { body: b } }
`;
    this.out.write(text, this.ca.server);
  }

  /** `certbot` and then `nginx`, which waits until the placeholders are there. */
  async start(): Promise<void> {
    const { folder } = this.out;
    const shell = this.certbot.PATH === this.bin ? join(this.bin, 'sh') : '/bin/sh';
    const run = (script: string): Running =>
      launch(shell, [join(folder, 'compose/acme', script)], folder, this.certbot);
    // The health of a container starts anew with it.
    rmSync(join(folder, 'tls/.ready'), { force: true });
    const client = run('certbot.sh');
    this.running.push(client);
    await until(() => this.exists('tls/.ready'), client);
    const nginx = run('nginx.sh');
    this.running.push(nginx);
    await until(async () => (await this.visit('a.example.com', this.ca.server)) !== 'refused', nginx);
  }

  exists(path: string): boolean {
    return execFileSync('/bin/sh', ['-c', '[ -e "$1" ] && echo yes || echo no', 'sh', join(this.out.folder, path)])
      .toString()
      .startsWith('yes');
  }

  async stop(): Promise<void> {
    await Promise.all(this.running.splice(0).map((one) => one.stop()));
  }

  log(): string {
    return this.running.map((one) => one.log()).join('\n');
  }

  /** With the names of another text, and the reload that a person does after a build. */
  async change(words: string): Promise<void> {
    this.write(words);
    await this.run('nginx', ['-c', this.certbot.EDGE_CONF ?? '', '-s', 'reload']);
  }

  run(program: string, args: readonly string[]) {
    return finish(join(this.bin, program), args, { folder: this.out.folder, env: this.certbot, timeoutMs: 60_000 });
  }

  async visit(name: string, ca: string) {
    const seen = await visit(this.port.tls, name, ca);
    return typeof seen === 'string' && seen.includes('ECONNREFUSED') ? 'refused' : seen;
  }

  async trusted(name: string, besides = '', ca = this.ca): Promise<string> {
    return trusted(this.port.tls, name, { root: await ca.root(), besides, log: () => this.log() });
  }
}
