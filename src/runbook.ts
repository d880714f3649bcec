import { markdownCode, markdownText } from './diagnostics/markdown.ts';
import { bound } from './latency/term.ts';
import { formatAddress } from './model/address.ts';
import { inService } from './model/balance.ts';
import { type Duration, humanDuration } from './model/duration.ts';
import { portOf } from './model/references.ts';
import { proxyRoutes } from './model/relations.ts';
import type { Instance, Machine, Pool, Site, Topology } from './model/topology.ts';
import { judge, type RouteReport } from './report/report.ts';
import { restartOf, restartText } from './report/restart.ts';
import { madeBy, type OutputFile } from './targets/files.ts';
import { lower, targets } from './targets/index.ts';
import { siteFolder } from './targets/layout.ts';
import { render, type View } from './targets/render.ts';
import { offersHttp3 } from './targets/tls.ts';

/** More routes than these are the report's to tell. */
const most = 20;

/** What to type on the machines, and what failures look like there, with the names and the numbers of this topology. */
export function runbook(seen: readonly Topology[]): OutputFile {
  const [topology] = seen;
  if (!topology) throw new Error('nobody sees the topology');
  const live = topology.edge.proxy.value;
  const { sites, machines, services } = topology;
  const edges = seen.map(({ here }) => here);
  const routes = numbersOf(topology);
  const [site] = sites;
  const acme = sites.filter(({ tls }) => tls.value.mode === 'acme');
  const view: View = {
    madeBy,
    proxy: live,
    title: targets[live].title,
    nginx: live === 'nginx',
    machines: (machines.length > 0 ? machines : [undefined]).map((machine) => machineView(machine, topology)),
    // The edge last: it is then asked for nothing that is not there.
    starts: [...machines.filter(({ edge }) => !edge), ...edges].map(fragmentView),
    edges: edges.map((edge) => ({ ...fragmentView(edge), visit: site ? visit(site, topology, edge) : false })),
    severalMachines: machines.length > 1,
    severalEdges: edges.length > 1,
    names: publicNames(sites),
    ports: portsOf(topology),
    acme: acme.length > 0,
    certbot: live === 'nginx' && sites.some(({ tls }) => ['acme', 'internal'].includes(tls.value.mode)),
    renewed: acme.slice(0, most).map(({ id }) => (live === 'nginx' ? siteFolder(id) : id.replace('*', 'wildcard_'))),
    files: sites.some(({ tls }) => tls.value.mode === 'files'),
    drains: topology.pools.flatMap((pool) => drainView(pool, topology, edges.length > 1)),
    deploys: services.slice(0, most).map(({ name, instances, image }) => ({
      name,
      image: markdownCode(image.value),
      steps: instances.map((one) => deployView(one, topology)),
    })),
    routes: routes.map((route) => routeView(route)),
    others: proxyRoutes({ routes: sites.flatMap((one) => one.routes) }).length > routes.length,
  };
  return { path: 'RUNBOOK.md', text: `${render('runbook.md', view).trimEnd()}\n`, target: 'compose' };
}

function fileOf(machine: Machine | undefined): string {
  return `compose/${machine?.name ?? 'edge'}.yaml`;
}

function fragmentView(machine: Machine | undefined): { readonly where: string; readonly file: string } {
  return { where: machine ? `\`${machine.name}\`` : 'the edge machine', file: fileOf(machine) };
}

function machineView(machine: Machine | undefined, { services, edge }: Topology): View {
  const own = services.flatMap(({ instances }) =>
    instances.filter((one) => one.machine === machine || (!one.machine && (machine?.edge ?? true))),
  );
  const runs = [
    ...(machine?.edge === false ? [] : [`the edge (\`${edge.proxy.value}\`)`]),
    ...own.map(({ name, publish }) => `\`${name}\`${publish ? ` on port ${publish.value}` : ''}`),
  ];
  return { ...fragmentView(machine), address: machine?.address.value ?? 'this machine', runs: runs.join(', ') };
}

/** The names that must lead to the edge. */
function publicNames(sites: readonly Site[]): string {
  const names = sites.flatMap(({ name, aliases, redirectFrom }) => [
    ...(name === undefined ? [] : [name]),
    ...[...aliases, ...redirectFrom].map(({ value }) => value),
  ]);
  const shown = [...new Set(names)];
  const rest = shown.length - most;
  return shown.slice(0, most).map(markdownCode).join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}

function portsOf(topology: Topology): string {
  const { sites, edge } = topology;
  const { capabilities, version } = targets[edge.proxy.value];
  const ports = [...new Set([edge.http_port.value, ...sites.map((site) => portOf(site, edge))])];
  return ports.join(' and ') + (offersHttp3(topology, capabilities, version(topology)) ? ' (443 for UDP, too)' : '');
}

/** A request to the first site, whatever DNS says: it tells the status. */
function visit(site: Site, { edge }: Topology, machine: Machine | undefined): string {
  const tls = site.tls.value.mode;
  const port = portOf(site, edge);
  const scheme = tls === 'none' ? 'http' : 'https';
  const address = machine?.address.value ?? '127.0.0.1';
  const name = (site.name ?? 'any.invalid').replace('*', 'www').replace(/^\[(.*)\]$/, '$1');
  const to = address.includes(':') ? `[${address}]` : address;
  const url = `${scheme}://${site.name?.replace('*', 'www') ?? name}${port === (tls === 'none' ? 80 : 443) ? '' : `:${port}`}/`;
  const trust = tls === 'internal' || tls === 'files' ? ' --insecure' : '';
  return `curl --silent --show-error --output /dev/null --write-out '%{http_code}\\n'${trust} --resolve '${name}:${port}:${to}' ${url}`;
}

/** The pool as it is written for a drain of its last server. */
function drainView(pool: Pool, { sites }: Topology, severalEdges: boolean): View[] {
  const servers = inService(pool);
  const last = servers.at(-1);
  if (servers.length < 2 || !last || !isUsed(pool, sites)) return [];
  const written = (server: Pool['servers'][number]): string => {
    const { instance, port } = server.container ?? {};
    const publish = instance?.publish?.value;
    const address = instance?.machine?.address.value;
    // A name is another container on each edge machine.
    if (severalEdges && publish && address && port) {
      return formatAddress({ kind: address.includes(':') ? 'v6' : 'v4', host: address, port: publish });
    }
    return formatAddress(server.address.value);
  };
  const lines = servers.map((server) =>
    server === last ? `- { address: "${written(server)}", state: drain }` : `- "${written(server)}"`,
  );
  return [
    {
      name: markdownCode(pool.name),
      // A pool must not be called like a service.
      key: pool.anonymous
        ? `${pool.name.replace(/[^A-Za-z0-9_.-]/g, '-').replace(/^[^A-Za-z0-9]+/, '')}-servers`
        : pool.name,
      anonymous: pool.anonymous,
      lines,
    },
  ];
}

function isUsed(pool: Pool, sites: readonly Site[]): boolean {
  return sites.some((site) => proxyRoutes(site).some((route) => route.pool === pool));
}

function deployView({ name, machine }: Instance, { here }: Topology): View {
  return { ...fragmentView(machine ?? here), name };
}

function numbersOf(topology: Topology): readonly RouteReport[] {
  const { value: live } = topology.edge.proxy;
  const sites: Site[] = [];
  for (const site of topology.sites) {
    if (proxyRoutes({ routes: sites.flatMap(({ routes }) => routes) }).length >= most) break;
    if (proxyRoutes(site).length > 0) sites.push(site);
  }
  const { caddy, nginx, ...others } = topology.targets;
  const own = {
    ...others,
    ...(live === 'caddy' && caddy ? { caddy } : {}),
    ...(live === 'nginx' && nginx ? { nginx } : {}),
  };
  const few = { ...topology, targets: own, sites };
  return judge(few, lower(few)).slice(0, most);
}

function routeView({ id, budget, targets: [target] }: RouteReport): View {
  const rows = target?.bounds.rows ?? [];
  const cell = (fault: string, failing: 'one' | 'all'): string => {
    const row = rows.find((one) => one.fault === fault && one.failing === failing && one.method === 'GET');
    return row ? `${row.status} after ${duration(bound(row.wait))}` : 'does not happen';
  };
  const restart = target && restartOf(target.bounds);
  const back = Math.max(0, ...(target?.bounds.failWindow ?? []).map(({ allMarked }) => allMarked));
  return {
    id: markdownCode(id),
    worst: duration(target?.worst ?? null),
    budget: !budget ? 'not set' : budget.value === 'none' ? 'none' : humanDuration(budget.value),
    refused: cell('refused', 'one'),
    off: cell('blackhole', 'one'),
    hung: cell('silent', 'one'),
    all: cell('refused', 'all'),
    outage: back > 0 ? `up to ${duration(back)}` : 'none',
    restart: restart ? markdownText(restartText(restart)) : 'nothing is known',
  };
}

function duration(value: number | null): string {
  return value === null ? 'no limit' : humanDuration(value as Duration);
}
