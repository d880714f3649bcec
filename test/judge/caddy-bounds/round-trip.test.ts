import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compile } from '../../../src/compile.ts';
import { readCaddy } from '../../../src/judge/caddy/index.ts';
import { judgeCaddy } from '../../../src/judge/caddy/judge.ts';
import type { Bounds } from '../../../src/latency/bounds.ts';
import { equation } from '../../../src/latency/term.ts';
import { pathsOf, takesAll } from '../../../src/model/match.ts';
import { speaksHttp2 } from '../../../src/model/pool-tls.ts';
import { proxyRoutes } from '../../../src/model/relations.ts';
import type { Given, Route, Site, Topology } from '../../../src/model/topology.ts';
import { isReport, judge } from '../../../src/report/report.ts';
import { passed } from '../../../src/targets/caddy/streams.ts';
import { lower } from '../../../src/targets/index.ts';
import { reachableRoutes } from '../../../src/targets/routes.ts';
import { plainTopologies, print, seed, valid } from '../../properties/topologies.ts';
import { withoutAuth } from '../without-auth.ts';
import { goldens } from './goldens.ts';

/** Everything that is said of a route, but for its places. */
function told({ headline, rows, staleReuse, clientFirstByte, amplification, failWindow, assumptions }: Bounds) {
  return {
    headline: equation(headline),
    rows: rows.map(({ wait, ...row }) => ({ ...row, wait: equation(wait) })),
    staleReuse: { ...staleReuse, wait: equation(staleReuse.wait) },
    clientFirstByte: clientFirstByte.because,
    amplification,
    failWindow,
    assumptions,
  };
}

/** Of a site what a Caddyfile tells, without names of routes. */
function summary({ name, port, aliases, redirectFrom, tls, http, routes }: Site) {
  return {
    name,
    port,
    // The site for all other names takes theirs anyway.
    aliases: name === undefined ? [] : aliases.map(({ value }) => value),
    redirectFrom: redirectFrom.map(({ value }) => value),
    // Who issues a certificate can be said in several places.
    tls: tls.value.mode === 'internal' ? 'acme' : tls.value.mode,
    http: tls.value.mode === 'none' || port !== undefined ? undefined : http.value,
    paths: routes.map((route) =>
      (takesAll(route.match) ? [] : pathsOf(route.match)).map(({ kind, path }) => `${kind} ${path}`),
    ),
  };
}

/** What is no part of a Caddyfile, such as the rate of requests, or is not read back as a word of a route. */
function asRead(topology: Topology): Topology {
  const plain = (written: Route): Route => {
    if (written.action !== 'proxy') return written;
    const { raw, ...rest } = written;
    const { compress, ...bare } = rest;
    // `encode` holds a header back, and is not read back.
    const route = written.flush.value === 'immediate' ? bare : rest;
    const { upgraded, idle } = route.timeouts;
    const never = <T>(value: T): Given<T> => ({ value, at: route.at, origin: 'default' });
    const pauses = route.stream.value ? { ...idle, value: 'none' as const } : idle;
    const timeouts = { ...route.timeouts, idle: pauses, upgraded: { ...upgraded, origin: 'default' as const } };
    const told = { ...route, timeouts, stream: never(false) };
    // Upgrades with another limit have a proxy of their own.
    return {
      ...told,
      timeouts: { ...timeouts, upgraded: { ...upgraded, ...never(passed(told).read?.value ?? upgraded.value) } },
    };
  };
  return {
    ...topology,
    sites: topology.sites.map(({ traffic, ...site }) => ({ ...site, routes: site.routes.map(plain) })),
  };
}

function bothWays(written: Topology, label: string): void {
  const topology = asRead(withoutAuth(written));
  const { caddy } = topology.targets;
  if (!caddy) return;
  const [file] = compile(topology, { targets: ['caddy'] });
  const version = caddy.version.value;
  const configuration = readCaddy(new Map([['Caddyfile', file?.text ?? '']]), 'Caddyfile', version);
  const judged = judgeCaddy(configuration, version);
  expect([label, judged.diagnostics]).toEqual([label, []]);
  const expected = judge(topology, lower(topology)).flatMap(({ id, targets }) =>
    targets.filter(({ target }) => target === 'caddy').map(({ bounds }) => [id, told(bounds)] as const),
  );
  const found = judged.routes.flatMap((route) =>
    route.targets.map(({ bounds }) => ({ id: route.id, said: isReport(route), told: told(bounds) })),
  );
  // Servers that speak TLS or HTTP/2 are judged, and are not words of the topology that is read back.
  const secured = new Set(
    topology.sites.flatMap(proxyRoutes).flatMap(({ id, pool }) => (pool.tls || speaksHttp2(pool) ? [id] : [])),
  );
  const partial = new Set(
    topology.sites.filter(({ routes }) => routes.some(({ id }) => secured.has(id))).map(({ name }) => name),
  );
  const isWhole = ({ name }: Site): boolean => !partial.has(name);
  const all = new Set(found.map((one) => JSON.stringify(one.told)));
  for (const [id, bounds] of expected) {
    // Names of routes, and of the site for all other names, are not in the file: there the bounds alone are compared.
    const route = found.find((one) => one.id === id);
    if (route) expect([label, id, route.said, route.told]).toEqual([label, id, !secured.has(id), bounds]);
    else expect([label, id, all.has(JSON.stringify(bounds))]).toEqual([label, id, true]);
  }
  const unsaid = judged.unsaid
    .map(({ what }) => what)
    .filter((what) => !/servers that speak |`encode |`handle_errors`|`error`: /.test(what));
  expect([label, unsaid]).toEqual([label, []]);
  // And the topology that says the same has them, too.
  // Without routes that it does not say, checks of their servers are not counted.
  const again = asRead(judged.topology);
  for (const report of secured.size > 0 ? [] : judge(again, lower(again))) {
    const [target] = report.targets;
    const own = found.find(({ id }) => id === report.id);
    expect([label, report.id, target && told(target.bounds)]).toEqual([label, report.id, own?.told]);
  }
  expect([label, judged.topology.sites.filter(isWhole).map(summary)]).toEqual([
    label,
    topology.sites
      .filter(isWhole)
      .map((site) => ({ ...site, routes: site.routes.filter(({ id }) => !secured.has(id)) }))
      .filter(({ routes }) => routes.length > 0)
      .map((site) => summary({ ...site, routes: reachableRoutes(site) }))
      .filter(({ paths }) => paths.length > 0),
  ]);
}

describe('what the program writes itself has the bounds of the topology', () => {
  it.each(goldens)('%s', (name, topology) => bothWays(topology, name));

  it(`whatever the topology, seed ${seed}`, () => {
    fc.assert(
      fc.property(plainTopologies, (sketch) => {
        const text = print(sketch);
        bothWays(valid(text, 'a topology'), text);
      }),
      { seed, numRuns: 50 },
    );
  });
});
