import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { writeCertificates } from '../../src/cli/loopback.ts';
import { freePort } from '../../src/cli/ports.ts';
import { compile } from '../../src/compile.ts';
import { type Answer, request } from '../../src/drill/client.ts';
import { analyseFor, loopbackLayout } from '../proxies/layout.ts';
import { describeEachProxy } from '../proxies/measure.ts';
import { type RunningProxy, startCaddy, startNginx } from '../proxies/run.ts';

const challenge = '/.well-known/acme-challenge/';

/** Another edge machine, which knows one token; and what it was asked. */
async function otherEdge(token: string) {
  const asked: http.IncomingHttpHeaders[] = [];
  const server = http.createServer(({ url, headers }, answer) => {
    asked.push(headers);
    answer.writeHead(url === challenge + token ? 200 : 404).end(token);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { asked, address: `127.0.0.1:${address.port}`, stop: () => server.close() };
}

/** The CA may ask any edge machine for the answer to a challenge: what one does not know it asks the others. */
describeEachProxy('$program $version as one of several edge machines', (binary) => {
  const several = binary.program === 'nginx';
  const folder = mkdtempSync(join(tmpdir(), 'proxywright-edges-'));
  let proxy: RunningProxy;
  let others: Awaited<ReturnType<typeof otherEdge>>[] = [];
  const ports = new Map<number, number>();
  beforeAll(async () => {
    others = [await otherEdge('second'), await otherEdge('third')];
    for (const port of [80, 443]) ports.set(port, await freePort());
    const { topology } = analyseFor(
      binary,
      `
acme: { ca: "https://127.0.0.1:1/dir" }
machines:
  one: { address: 10.0.0.2, edge: true }
  two: { address: 10.0.0.3, edge: true }
  ${several ? 'three: { address: 10.0.0.4, edge: true }' : ''}
sites:
  a.example.com: { respond: { body: a } }
  b.example.com: { respond: { body: b }, http: none }
`,
    );
    const servers = new Map(others.map(({ address }, index) => [`10.0.0.${index + 3}:80`, address]));
    const layout = loopbackLayout({ folder, ports, servers });
    for (const { path, text } of compile(topology, { layout, edge: 'one' })) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    if (several) writeCertificates(topology, layout);
    mkdirSync(join(folder, 'acme', challenge), { recursive: true });
    writeFileSync(join(folder, 'acme', challenge, 'first'), 'first');
    const start = several ? startNginx : startCaddy;
    const config = join(folder, several ? 'nginx/nginx.conf' : 'caddy/Caddyfile');
    const env = { HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder };
    proxy = await start(binary, folder, { config, ports: [...ports.values()], env });
  });
  afterAll(async () => {
    await proxy?.stop();
    for (const other of others) other.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const ask = async (path: string, host = 'a.example.com', headers: Record<string, string> = {}) => {
    const answer = await request({ port: ports.get(80) ?? 0, host, path, headers });
    if ('error' in answer) throw new Error(`${answer.error}\n${proxy.log()}`);
    return answer as Answer;
  };

  it('passes on challenges that it knows nothing of, once', async () => {
    for (const host of ['a.example.com', 'b.example.com']) {
      expect(await ask(`${challenge}second`, host)).toMatchObject({ status: 200, body: 'second' });
      expect(others[0]?.asked.at(-1)).toMatchObject({ host, 'x-edge-challenge': '1' });
    }
    const before = others.map(({ asked }) => asked.length);
    const { status } = await ask(`${challenge}second`, 'a.example.com', { 'X-Edge-Challenge': '1' });
    expect(status).toBe(several ? 404 : 308);
    expect((await ask('/other')).status).toBe(308);
    if (several) expect(await ask(`${challenge}first`)).toMatchObject({ status: 200, body: 'first' });
    expect(others.map(({ asked }) => asked.length)).toEqual(before);
    if (!several) return;
    // The third, where the second knows nothing or is gone.
    expect(await ask(`${challenge}third`)).toMatchObject({ status: 200, body: 'third' });
    expect((await ask(`${challenge}none`)).status).toBe(404);
    others[0]?.stop();
    expect(await ask(`${challenge}third`)).toMatchObject({ status: 200, body: 'third' });
  });
});
