import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../src/cli/ports.ts';
import { launch, type Running, until } from '../../src/drill/process.ts';
import { acmePrograms, type Ca, makeCa, type Output, output, programs, visit } from '../proxies/acme.ts';
import { type Binary, requireBinaries } from '../proxies/binaries.ts';
import { type Dns, startDns } from '../proxies/dns.ts';
import { loopbackLayout } from '../proxies/layout.ts';
import { finish } from '../proxies/process.ts';

const names = ['a.example.com', 'www.a.example.com', 'b.example.com'];
const nginxes = requireBinaries('nginx');
let dns: Dns;
beforeAll(async () => {
  if (nginxes.length > 0) acmePrograms();
  dns = await startDns(new Map(names.map((name) => [name, '127.0.0.1'])));
});
afterAll(() => dns?.stop());

/** The edge as the fragments describe it: the containers' processes, with their scripts and their environment. */
class NginxEdge {
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
    this.out = output(binary, `acme-${binary.age}`, layout, ca.server);
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
    this.out.write(`
edge: { proxy: nginx }
acme: { ca: "${this.ca.directory}", email: ops@example.com, ca_root: ca.pem }
sites:
  a.example.com: { respond: { body: a }${words} }
  b.example.com: { respond: { body: b } }
`);
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

  /** The number of the certificate that a client who trusts the CA sees, as soon as it is another one. */
  async trusted(name: string, besides = '', ca = this.ca): Promise<string> {
    const root = await ca.root();
    let seen: Awaited<ReturnType<NginxEdge['visit']>> = '';
    for (const end = performance.now() + 60_000; performance.now() < end; await sleep(100)) {
      seen = await this.visit(name, root);
      if (typeof seen !== 'string' && seen.serial !== besides) return seen.serial;
    }
    throw new Error(`${name}: ${JSON.stringify(seen)}\n${this.log()}`);
  }
}

describe.runIf(nginxes.length > 0)('nginx and certbot, from nothing to trusted https', () => {
  const userlands = ['system', 'busybox'] as const;
  it.concurrent.each(nginxes.map((binary, at) => [binary.version, binary, userlands[at] ?? 'system'] as const))(
    'nginx %s',
    async (_version, binary, userland) => {
      const port = { http: await freePort(), tls: await freePort() };
      const folder = join('/tmp', `proxywright-ca-${process.pid}-${binary.age}`);
      const ca = await makeCa(folder, { ...port, dns: dns.port });
      const edge = new NginxEdge(binary, port, ca, userland);
      try {
        // The CA is down: the edge serves all the same, with a certificate that nobody trusts.
        await edge.start();
        expect(await edge.visit('a.example.com', ca.server)).toMatch(/self.signed/);
        await until(() => edge.log().includes('trying again in 6 s'), edge.running[0] as Running);

        // It comes back.
        await ca.start();
        const first = await edge.trusted('a.example.com');
        const other = await edge.trusted('b.example.com');
        expect(other).not.toBe(first);

        // A renewal, by nobody who knows nginx.
        const renewed = await edge.run('certbot', [
          'renew',
          '--force-renewal',
          '--no-random-sleep-on-renew',
          '--cert-name',
          'a.example.com',
        ]);
        expect(renewed, renewed.stderr).toMatchObject({ code: 0 });
        const second = await edge.trusted('a.example.com', first);

        // A certificate that cannot be read is not loaded.
        const broken = join(edge.out.folder, 'tls/.broken');
        mkdirSync(broken);
        for (const file of ['fullchain.pem', 'privkey.pem']) writeFileSync(join(broken, file), 'broken\n');
        symlinkSync('.broken', join(edge.out.folder, 'tls/.link'));
        execFileSync('mv', ['-T', join(edge.out.folder, 'tls/.link'), join(edge.out.folder, 'tls/a.example.com')]);
        await until(() => /\[emerg\].*fullchain\.pem/.test(edge.log()), edge.running[1] as Running);
        expect(await edge.trusted('a.example.com')).toBe(second);

        // After a restart the good one is back; none is asked for again.
        await edge.stop();
        await edge.start();
        expect(await edge.trusted('a.example.com')).toBe(second);
        expect(await edge.trusted('b.example.com')).toBe(other);

        // A name more.
        await edge.change(', redirect_from: [www.a.example.com]');
        const third = await edge.trusted('www.a.example.com');
        expect(third).not.toBe(second);

        // Another CA under the same roof: what the first one issued is not kept.
        if (userland === 'busybox') return;
        await ca.stop();
        const next = await makeCa(`${folder}-next`, { ...port, dns: dns.port });
        await next.start();
        try {
          edge.certbot.ACME_SERVER = next.directory;
          writeFileSync(join(edge.out.folder, 'compose/acme/ca-root.pem'), next.server);
          await edge.stop();
          await edge.start();
          expect(await edge.trusted('a.example.com', '', next)).not.toBe(third);
        } finally {
          await next.stop();
          rmSync(`${folder}-next`, { recursive: true, force: true });
        }
      } finally {
        await edge.stop();
        await ca.stop();
        rmSync(edge.out.folder, { recursive: true, force: true });
        rmSync(folder, { recursive: true, force: true });
      }
    },
  );
});

it.runIf(nginxes.length > 0)('shellcheck has nothing to say about the scripts', async () => {
  const folder = join(import.meta.dirname, '../targets/nginx runs live/expected/compose/acme');
  const scripts = ['certbot.sh', 'nginx.sh'].map((name) => join(folder, name));
  const result = await finish(join(acmePrograms(), 'bin/shellcheck'), scripts, { folder });
  expect(result).toMatchObject({ code: 0, stdout: '' });
});
