import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { freePorts } from '../../src/cli/ports.ts';
import { request } from '../../src/drill/client.ts';
import type { Bounds } from '../../src/latency/bounds.ts';
import { parseAddress } from '../../src/model/address.ts';
import { parseDuration } from '../../src/model/duration.ts';
import type { Given } from '../../src/model/topology.ts';
import type { CaddyDirectives, ReverseProxy } from '../../src/targets/caddy/directives.ts';
import { emitCaddy } from '../../src/targets/caddy/emit.ts';
import { caddyBounds } from '../../src/targets/caddy/latency.ts';
import type { Binary } from '../proxies/binaries.ts';
import { analyseFor, loopbackLayout } from '../proxies/layout.ts';
import { startCaddy } from '../proxies/run.ts';

/** A `reverse_proxy` as somebody wrote it by hand, where the words of the topology would say other numbers. */
export interface ByHand {
  readonly servers: readonly string[];
  readonly tryDuration: string;
  readonly tryInterval: string;
  readonly dial: string;
  readonly responseHeader: string;
  readonly failDuration?: string;
  readonly h2c?: boolean;
  /** Milliseconds after which nobody waits any more; 20 s unless told. */
  readonly patience?: number;
}

/** Starts Caddy with it. */
export async function startByHand(binary: Binary, words: ByHand) {
  const { topology, lowered } = analyseFor(binary, 'sites: { a.example.org: { tls: none, upstream: [10.0.0.1:1] } }\n');
  const given = <T>(value: T): Given<T> => ({ value, at: topology.sites[0]?.at ?? fail('no site'), origin: 'written' });
  const time = (text: string) => given(parseDuration(text) ?? fail(`${text} is no time`));
  const proxy: ReverseProxy = {
    pool: 'by hand',
    servers: words.servers.map((text) => given(parseAddress(text) ?? fail(`${text} is no address`))),
    balance: 'round_robin',
    tryDuration: time(words.tryDuration),
    tryInterval: time(words.tryInterval),
    retryMethods: ['GET'],
    retryStatuses: [],
    ...(words.failDuration ? { passive: { failDuration: time(words.failDuration), maxFails: given(1) } } : {}),
    ...(words.h2c ? { h2c: true } : {}),
    dial: time(words.dial),
    responseHeader: time(words.responseHeader),
  };
  const before = lowered?.caddy ?? fail('no Caddy');
  const directives: CaddyDirectives = {
    ...before,
    accessLog: 'none',
    sites: before.sites.map((site) =>
      site.kind === 'proxy' ? { ...site, routes: site.routes.map((route) => ({ ...route, proxy })) } : site,
    ),
  };
  const folder = mkdtempSync(join(tmpdir(), `proxywright-by-hand-${binary.age}-`));
  const [http = 0, https = 0] = await freePorts(2);
  const ports = new Map([
    [80, http],
    [443, https],
  ]);
  const layout = loopbackLayout({ folder, ports, servers: new Map(words.servers.map((one) => [one, one])) });
  const config = join(folder, 'caddy/Caddyfile');
  mkdirSync(dirname(config), { recursive: true });
  for (const { text } of emitCaddy(directives, layout)) writeFileSync(config, text);
  const running = await startCaddy(binary, folder, { config, ports: [http] });
  const bounds: Bounds = caddyBounds(proxy, directives, undefined);
  return {
    bounds,
    ask: () => request({ port: http, host: 'a.example.org', timeout: words.patience ?? 20_000 }),
    async stop() {
      await running.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function fail(message: string): never {
  throw new Error(message);
}
