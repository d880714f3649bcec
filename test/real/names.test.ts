import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { reportData } from '../../src/report/data.ts';
import { requireBinaries } from '../proxies/binaries.ts';
import { type Dns, startDns } from '../proxies/dns.ts';
import { build, type Edge } from '../proxies/layout.ts';
import { withResolver } from '../proxies/resolver.ts';

// Containers have one port and addresses of their own, as on a network of docker. Another run has other ones.
const network = `127.53.${(process.pid % 250) + 1}`;
const at = {
  dns: `${network}.53`,
  old: `${network}.2`,
  new: `${network}.3`,
  other: `${network}.4`,
  late: `${network}.5`,
};

const topology = `
edge: { resolver: ["${at.dns}"] }
upstreams:
  pool:
    servers: [web:3000, other:3000]
    timeouts: { connect: 1s, response_header: 2s }
    health: { passive: { max_fails: 1, fail_window: 5s } }
sites:
  alone: { upstream: web:3000, tls: none }
  pool: { upstream: pool, tls: none }
  late: { upstream: late:3000, tls: none }
`;

const programs = [...requireBinaries('nginx'), ...requireBinaries('caddy')];
let dns: Dns;
let port: number;
let folder = '';
const edges: Edge[] = [];
const containers = new Map<string, Server>();

/** A container that answers with its own name. */
async function start(name: string, host: string): Promise<void> {
  const server = createServer((_request, response) => void response.end(name));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, host, () => resolve());
  });
  containers.set(name, server);
  const bound = server.address();
  if (typeof bound === 'object' && bound) port = bound.port;
}

function stop(name: string): void {
  containers.get(name)?.close();
  containers.get(name)?.closeAllConnections();
}

beforeAll(async () => {
  if (programs.length === 0) return;
  folder = mkdtempSync(join(tmpdir(), 'proxywright-names-'));
  // Before the DNS server, whose port needs the same rights.
  const alone = programs.map((binary) => withResolver(binary, folder, at.dns));
  dns = await startDns(new Map(Object.entries({ web: at.old, other: at.other })), at.dns, 53);
  port = 0;
  await start('old', at.old);
  await start('other', at.other);
  const servers = new Map(['web', 'other', 'late'].map((name) => [`${name}:3000`, `${name}:${port}`]));
  // Each worker of nginx 1.22 looks names up by itself.
  for (const binary of alone) edges.push(await build(binary, topology, { servers, workers: 1 }));
});
afterAll(async () => {
  await Promise.all(edges.map((edge) => edge.stop()));
  for (const name of containers.keys()) stop(name);
  await dns?.stop();
  if (folder !== '') rmSync(folder, { recursive: true, force: true });
});

async function ask(edge: Edge, site: string): Promise<string> {
  const answer = await edge.ask(`http://${site}/`);
  if (!('status' in answer)) throw new Error(`${edge.binary.program} ${edge.binary.version}: ${answer.error}`);
  return answer.status === 200 ? answer.body : String(answer.status);
}

/** When the first request that this container answered was made: milliseconds from now. */
async function answeredAfter(edge: Edge, site: string, name: string): Promise<number> {
  const start = performance.now();
  for (;;) {
    const asked = performance.now() - start;
    if ((await ask(edge, site)) === name || asked > 20_000) return asked;
    await sleep(100);
  }
}

/** What the report says of a site. */
function stated({ analysis }: Edge, site: string): number | null {
  const route = reportData('topology.yaml', analysis.reports ?? []).routes.find((one) => one.site === site);
  return route?.targets[0]?.name_change_ms ?? null;
}

it.runIf(programs.length > 0)('starts while a name is unknown, and serves the others', async () => {
  for (const edge of edges) {
    expect(await ask(edge, 'late')).toBe('502');
    expect(await ask(edge, 'alone')).toBe('old');
    expect(['old', 'other']).toContain(await ask(edge, 'pool'));
  }
});

it.runIf(programs.length > 0)(
  'follows names that change, or become known, within the time that the report states',
  async () => {
    // The old container ends, and is missed by everybody, before the new one is there.
    stop('old');
    await Promise.all(edges.flatMap((edge) => [ask(edge, 'pool'), ask(edge, 'pool'), ask(edge, 'alone')]));
    await start('new', at.new);
    await start('late', at.late);
    dns.names.set('web', at.new).set('late', at.late);
    const sites = { alone: 'new', pool: 'new', late: 'late' };
    const measured = edges.flatMap((edge) =>
      Object.entries(sites).flatMap(([site, name]) => {
        const within = stated(edge, site);
        if (within === null) return [];
        const what = `${edge.binary.program} ${edge.binary.version} ${site}`;
        return [answeredAfter(edge, site, name).then((time) => ({ what, within, time }))];
      }),
    );
    const results = await Promise.all(measured);
    // All of them but the several names of nginx 1.22.
    expect(results).toHaveLength(edges.length * 3 - 1);
    // A poll, and one more where the balancer first takes the other server.
    expect(results.filter(({ within, time }) => time > within + 500)).toEqual([]);
    // The marks of the old container stay with the name on Caddy.
    expect(results.filter(({ what, time }) => /caddy.*pool/.test(what) && time < 2_000)).toEqual([]);
  },
);

it.runIf(programs.length > 0)('never follows several names before nginx 1.27.3, until it reloads', async () => {
  const edge = edges.find((one) => stated(one, 'pool') === null);
  if (!edge) throw new Error('each program follows');
  const answers = async (): Promise<Set<string>> =>
    new Set(await Promise.all([1, 2, 3, 4].map(() => ask(edge, 'pool'))));
  expect(await answers()).not.toContain('new');
  await edge.proxy.reload();
  expect(await answers()).toContain('new');
});
