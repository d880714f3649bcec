import { readdirSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Judged } from '../../../src/judge/judged.ts';
import { readNginx } from '../../../src/judge/nginx/index.ts';
import { judgeNginx } from '../../../src/judge/nginx/judge.ts';
import type { Bounds } from '../../../src/latency/bounds.ts';
import { bound, print as formula } from '../../../src/latency/term.ts';
import { add, milliseconds } from '../../../src/model/duration.ts';
import { pathsOf, takesAll } from '../../../src/model/match.ts';
import { speaksHttp2 } from '../../../src/model/pool-tls.ts';
import { isLoopback } from '../../../src/model/relations.ts';
import type { Topology } from '../../../src/model/topology.ts';
import { type Analysis, analyse } from '../../../src/pipeline.ts';
import { isReport, judge } from '../../../src/report/report.ts';
import { lower } from '../../../src/targets/index.ts';
import { containers } from '../../../src/targets/layout.ts';
import {
  type NginxDirectives,
  type NginxLocation,
  type NginxRoute,
  proxyLocations,
} from '../../../src/targets/nginx/directives.ts';
import { emitNginx } from '../../../src/targets/nginx/emit.ts';
import { nginxBounds } from '../../../src/targets/nginx/latency.ts';
import { lowerNginx } from '../../../src/targets/nginx/lower.ts';
import { isReadBack, judgeCase } from '../../golden.ts';
import { plainTopologies, print, releases, seed } from '../../properties/topologies.ts';
import { withoutAuth } from '../without-auth.ts';

const top = join(import.meta.dirname, '../../..');

function readBack(directives: NginxDirectives): Judged {
  const files = emitNginx(directives, containers).map(({ path, text }) => [relative('nginx', path), text] as const);
  return judgeNginx(readNginx(new Map(files), 'nginx.conf', directives.version), directives.version);
}

/** Everything but assumptions: a hand-written file is not known to be ours. */
function told(path: string, bounds: Bounds): string {
  const { headline, rows, staleReuse, clientFirstByte, failWindow, amplification } = bounds;
  return JSON.stringify({
    path,
    headline: formula(headline),
    stale: [formula(staleReuse.wait), staleReuse.resends],
    rows: rows.map((row) => [row.fault, row.failing, row.method, row.attempts, row.status, formula(row.wait)]),
    failWindow,
    amplification,
    first: clientFirstByte.because,
  });
}

/** What the files say more clearly than the topology: names have all their addresses, and are looked up within 2s. */
function literally(directives: NginxDirectives): NginxDirectives {
  const upstreams = directives.upstreams.map((upstream) => ({
    ...upstream,
    peers: upstream.peers.map((peer) => {
      if (peer.address.value.kind !== 'name') return peer;
      const addresses: number | 'unknown' = isLoopback(peer.address.value) && !peer.resolve ? 2 : 'unknown';
      return { ...peer, addresses };
    }),
  }));
  const servers = directives.servers.map((server) => {
    if (server.kind !== 'proxy') return server;
    const locations = server.locations.map((location): NginxRoute => {
      if (location.action !== 'proxy') return location;
      const { handshake, ...one } = location;
      // One directive is for both: a file does not tell them apart.
      const connect = handshake ? { ...one.connect, value: add(one.connect.value, handshake.value) } : one.connect;
      const told = { ...one, connect };
      if (told.pass.kind !== 'variable') return told;
      return { ...told, lookup: { ...told.connect, value: milliseconds(2_000) } };
    });
    return { ...server, locations };
  });
  return { ...directives, upstreams, servers };
}

function shown(location: NginxLocation): string {
  const [first] = takesAll(location.match) ? [] : pathsOf(location.match);
  if (!first) return '/*';
  return first.kind === 'exact' ? first.path : `${first.path}/*`;
}

function expectSame(written: Topology, label: string): number {
  const topology = withoutAuth(written);
  const directives = lowerNginx(topology);
  const judged = readBack(directives);
  expect(judged.diagnostics, label).toEqual([]);
  const wanted = literally(directives);
  // A file is read one location after the other: what they share does not make one of them wait longer there.
  const { upstreams, workers } = wanted;
  const expected = wanted.servers.flatMap((server) =>
    proxyLocations(server).map((location) =>
      told(shown(location), nginxBounds(location, { upstreams, workers }, undefined)),
    ),
  );
  const found = judged.routes.flatMap(({ path, targets }) => targets.map(({ bounds }) => told(path, bounds)));
  expect(found.sort(), label).toEqual(expected.sort());
  return expectTopology(judged, label);
}

/** The topology that is made of the files has the same bounds once more. How many routes it says. */
function expectTopology(judged: Judged, label: string): number {
  let said = 0;
  const again = judge(judged.topology, lower(judged.topology));
  for (const route of judged.routes.filter(isReport)) {
    // To a topology `localhost` is one server, to nginx it is two.
    if (route.route.pool.servers.some(({ address }) => isLoopback(address.value) && address.value.kind === 'name'))
      continue;
    said++;
    const before = route.targets[0]?.bounds.headline;
    const after = again.find(({ id }) => id === route.id)?.targets[0]?.bounds.headline;
    // Nor does it wait for DNS.
    const lookup = before && formula(before).includes('name lookup') ? 2_000 : 0;
    const [one, other] = [before && bound(before), after && bound(after)];
    expect([route.id, other], label).toEqual([route.id, one === null || one === undefined ? one : one - lookup]);
  }
  return said;
}

function topologyOf({ topology, diagnostics }: Analysis): Topology | undefined {
  const wrong = diagnostics.some(({ severity, rule }) => severity === 'error' && rule !== 'over-budget');
  return wrong || !topology?.targets.nginx ? undefined : topology;
}

describe('our own output has the bounds of the topology that it was made from', () => {
  const files = ['examples', 'test/targets'].flatMap((folder) =>
    readdirSync(join(top, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('topology.yaml'))
      .map((file) => join(folder, file)),
  );

  it('for every example and golden case', () => {
    const known = files.flatMap((file) => {
      const topology = topologyOf(judgeCase(join(top, dirname(file))));
      return topology && isReadBack(topology) ? [[file, topology] as const] : [];
    });
    expect(known.length).toBeGreaterThan(5);
    for (const [file, topology] of known) expect(expectSame(topology, file), file).toBeGreaterThan(0);
  });

  it(`for random topologies (PROXYWRIGHT_SEED=${seed})`, () => {
    let said = 0;
    fc.assert(
      fc.property(plainTopologies, fc.constantFrom(...releases.nginx), (sketch, nginx) => {
        const text = print(sketch, { nginx, caddy: '2.11' });
        const topology = topologyOf(analyse('topology.yaml', text));
        // How long grpc_pass waits is known of our own files alone.
        if (!topology || topology.pools.some(speaksHttp2)) return;
        said += expectSame(topology, text);
      }),
      { seed, numRuns: 50 },
    );
    expect(said).toBeGreaterThan(5);
  });
});
