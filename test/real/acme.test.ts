import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../src/cli/ports.ts';
import { type Running, until } from '../../src/drill/process.ts';
import { acmePrograms, type Ca, makeCa } from '../proxies/acme.ts';
import { type Binary, requireBinaries } from '../proxies/binaries.ts';
import { CaddyEdge } from '../proxies/caddy-edge.ts';
import { type Dns, startDns } from '../proxies/dns.ts';
import { NginxEdge } from '../proxies/nginx-edge.ts';
import { finish } from '../proxies/process.ts';

const names = ['a.example.com', 'www.a.example.com', 'b.example.com'];
const nginxes = requireBinaries('nginx');
const caddies = requireBinaries('caddy');
// Several clients of CAs at once, on two processors.
const patience = { timeout: 240_000 };
let dns: Dns;
beforeAll(async () => {
  if (nginxes.length > 0) acmePrograms();
  dns = await startDns(new Map(names.map((name) => [name, '127.0.0.1'])));
});
afterAll(() => dns?.stop());

describe.runIf(nginxes.length > 0).concurrent('nginx and certbot, from nothing to trusted https', patience, () => {
  const userlands = ['system', 'busybox'] as const;
  it.each(nginxes.map((binary, at) => [binary.version, binary, userlands[at] ?? 'system'] as const))(
    'nginx %s',
    async (_version, binary, userland) => {
      const port = { http: await freePort(), tls: await freePort() };
      const folder = join(tmpdir(), `proxywright-ca-${process.pid}-${binary.age}`);
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

/** A Caddy, and CAs that validate its names, which are all gone afterwards. */
async function withCaddy(
  binary: Binary,
  use: (edge: CaddyEdge, ca: (validSeconds: number) => Promise<Ca>) => Promise<void>,
) {
  const port = { http: await freePort(), tls: await freePort() };
  const folder = mkdtempSync(join(tmpdir(), `proxywright-cas-${binary.age}-`));
  const cas: Ca[] = [];
  const edge = new CaddyEdge(binary, port);
  try {
    await use(edge, async (validSeconds) => {
      const ca = await makeCa(join(folder, String(cas.length)), { ...port, dns: dns.port, validSeconds });
      cas.push(ca);
      return ca;
    });
  } finally {
    await edge.stop();
    await Promise.all(cas.map((ca) => ca.stop()));
    rmSync(edge.out.folder, { recursive: true, force: true });
    rmSync(folder, { recursive: true, force: true });
  }
}

describe.runIf(caddies.length > 0).concurrent('Caddy, from nothing to trusted https', patience, () => {
  it.each(caddies.map((binary) => [binary.version, binary] as const))('caddy %s', (_version, binary) =>
    withCaddy(binary, async (edge, makeCa) => {
      const ca = await makeCa(30);
      await ca.start();
      edge.write(ca);
      await edge.start();
      const first = await edge.trusted('a.example.com');
      const other = await edge.trusted('b.example.com');
      expect(other).not.toBe(first);
      expect(edge.accounts()).toEqual(['ops@example.com']);

      // After a restart they are still there; none is asked for again.
      await edge.stop();
      await edge.start();
      expect(await edge.trusted('a.example.com')).toBe(first);
      expect(await edge.trusted('b.example.com')).toBe(other);
      expect(ca.issued()).toBe(2);

      // A name more.
      const more = ', redirect_from: [www.a.example.com]';
      edge.write(ca, more);
      await edge.reload();
      await edge.trusted('www.a.example.com');
      expect(await edge.trusted('a.example.com')).toBe(first);
      expect(ca.issued()).toBe(3);

      // Two thirds of its life are over: it is renewed by nobody but Caddy.
      const second = await edge.trusted('a.example.com', first);

      // A certificate that cannot be read is not loaded: the old configuration goes on.
      edge.write(ca, `${more}, tls: { certificate: broken.pem, key: broken.key }`);
      expect(await edge.validate()).toMatchObject({ ok: false });
      await expect(edge.reload()).rejects.toThrow('caddy refused to reload');
      expect(await edge.trusted('a.example.com')).toBe(second);

      // Until it has read a good one it may renew nothing any more: whence the advice to validate before.
      edge.write(ca, more);
      await edge.reload();
      await edge.trusted('a.example.com', second);
    }),
  );

  // Both versions in one test, which mostly waits: vitest runs five at a time.
  it('also when the CA is down at first, and when it becomes another one', async () => {
    const test = async (edge: CaddyEdge, makeCa: (validSeconds: number) => Promise<Ca>): Promise<void> => {
      const ca = await makeCa(3600);
      edge.write(ca);
      await edge.start();
      await edge.until(() => edge.log().includes('will retry'));
      expect(await edge.plain('a.example.com')).toMatchObject({ status: 308 });

      // It comes back: Caddy asks again after a minute.
      await ca.start();
      const first = await edge.trusted('a.example.com');

      // Another CA under the same roof, as from staging to production. For 2.11 a reload is not enough.
      const next = await makeCa(3600);
      await next.start();
      edge.write(next);
      await edge.stop();
      await edge.start();
      expect(await edge.trusted('a.example.com')).not.toBe(first);
    };
    await Promise.all(caddies.map((binary) => withCaddy(binary, test)));
  });
});

it.runIf(nginxes.length > 0)('shellcheck has nothing to say about the scripts', async () => {
  const folder = join(import.meta.dirname, '../targets/nginx runs live/expected/compose/acme');
  const scripts = ['certbot.sh', 'nginx.sh'].map((name) => join(folder, name));
  const result = await finish(join(acmePrograms(), 'bin/shellcheck'), scripts, { folder });
  expect(result).toMatchObject({ code: 0, stdout: '' });
});
