import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from 'node:tls';
import { loopbackLayout as onLoopback, writeCertificates } from '../../src/cli/loopback.ts';
import { freePort } from '../../src/cli/ports.ts';
import { compile } from '../../src/compile.ts';
import { type Answer, type Failure, type RequestOptions, request } from '../../src/drill/client.ts';
import { formatAddress, parseAddress } from '../../src/model/address.ts';
import { pageFiles } from '../../src/model/error-pages.ts';
import type { Given, SiteTls, Topology } from '../../src/model/topology.ts';
import { type Analysis, analyse } from '../../src/pipeline.ts';
import { lower } from '../../src/targets/index.ts';
import type { Layout } from '../../src/targets/layout.ts';
import { flagPath } from '../../src/targets/maintenance.ts';
import type { Binary } from './binaries.ts';
import { type RunningProxy, startCaddy, startNginx } from './run.ts';

export interface Loopback {
  /** Takes the files of the proxy; must exist. */
  readonly folder: string;
  /** A port that clients see → the port that is bound. */
  readonly ports: ReadonlyMap<number, number>;
  /** A server as the topology names it, `web:3000` or `10.0.0.3:3100` → where it really listens, `127.0.0.1:20001`. */
  readonly servers: ReadonlyMap<string, string>;
}

/** Everything on 127.0.0.1 and inside one folder. A port or a server that nobody placed throws: no test may leave the machine. */
export function loopbackLayout({ folder, ports, servers }: Loopback): Layout {
  return onLoopback({
    folder,
    port: (port) => placed(ports, port),
    address: (address) => {
      const there = placed(servers, formatAddress(address));
      const parsed = parseAddress(there);
      if (!parsed) throw new Error(`${there} is not an address`);
      return parsed;
    },
  });
}

function placed<Key extends string | number, Value>(places: ReadonlyMap<Key, Value>, key: Key): Value {
  const value = places.get(key);
  if (value === undefined) throw new Error(`the test places ${[...places.keys()].join(', ')}, not ${key}`);
  return value;
}

/** A topology that does not say what the test means. `message` holds the findings. */
export class Refused extends Error {
  readonly analysis: Analysis;
  constructor(analysis: Analysis) {
    const lines = analysis.diagnostics.map(({ severity, rule, message, place, help }) => {
      return `${severity} ${rule} at ${place.path}: ${message}${help === undefined ? '' : ` (${help})`}`;
    });
    super(['the topology has errors', ...lines].join('\n'));
    this.analysis = analysis;
  }
}

/** A topology compiled for exactly this program, as `build` would compile it. */
export function analyseFor(binary: Binary, text: string, options: { readonly workers?: number } = {}) {
  const workers = binary.program === 'nginx' && options.workers !== undefined ? `, workers: ${options.workers}` : '';
  // Behind the text, so that line numbers stay those of the test.
  const whole = `${text.trimEnd()}\nversion: 1\ntargets: { ${binary.program}: { version: "${binary.version}"${workers} } }\n`;
  const analysis = analyse('topology.yaml', whole);
  const { topology } = analysis;
  if (!topology || analysis.diagnostics.some(({ severity }) => severity === 'error')) throw new Refused(analysis);
  return { ...analysis, topology };
}

export interface BuildOptions {
  /** Where the servers that the topology names really listen. */
  readonly servers: ReadonlyMap<string, string>;
  /** The path of a pool's CA in the topology → its PEM text. */
  readonly cas?: ReadonlyMap<string, string>;
  /** nginx's worker processes; absent: as the topology's default says. What workers do not share is exact with 1 only. */
  readonly workers?: number;
  /** What is in each folder that `files` names, as old as the epoch: path → text. */
  readonly contents?: ReadonlyMap<string, string>;
  /** The CA of client certificates as the topology names it, `./ca.pem` → PEM text; absent: a throw-away one. */
  readonly authorities?: ReadonlyMap<string, string>;
}

export type AskOptions = Omit<RequestOptions, 'port' | 'host' | 'tls'> & {
  /** The Host header where it differs from the URL. */
  readonly host?: string;
  /** The server name of the handshake where it differs from the URL; empty: none. */
  readonly servername?: string;
};

/** A running proxy that serves one topology. */
export interface Edge {
  readonly binary: Binary;
  readonly proxy: RunningProxy;
  readonly folder: string;
  readonly analysis: Analysis;
  /** Path below the output folder → text. */
  readonly files: ReadonlyMap<string, string>;
  /** The port that is bound for a port that clients see. */
  port(port: number): number;
  /** One request to a URL as a client of the real edge would write it. The path is sent byte for byte. */
  ask(url: string, options?: AskOptions): Promise<Answer | Failure>;
  /** Builds another text with the same sites over it, and reloads. */
  change(text: string): Promise<void>;
  /** Ends the proxy and removes its folder. */
  stop(): Promise<void>;
}

/**
 * Topology text without `version` and `targets` → a running proxy of the given version. Where the proxy would ask a
 * public CA for a certificate, a throw-away file takes its place.
 */
export async function build(binary: Binary, text: string, options: BuildOptions): Promise<Edge> {
  const analysis = analyseFor(binary, text, options);
  const topology = binary.program === 'caddy' ? withoutAcme(analysis.topology) : analysis.topology;
  const folder = mkdtempSync(join(tmpdir(), `proxywright-${binary.program}-${binary.age}-`));
  const listening = portsOf(topology);
  const { http_port, https_port } = topology.edge;
  // Caddy is told both general ports, also when no site uses one of them.
  const ports = new Map<number, number>();
  for (const port of new Set([...listening, http_port.value, https_port.value])) ports.set(port, await freePort());
  const { caddy, ...places } = loopbackLayout({ folder, ports, servers: options.servers });
  // Not `off`: a test may reload.
  const layout: Layout = { ...places, caddy: { accessLog: caddy.accessLog, caRoot: caddy.caRoot } };
  const files = new Map<string, string>();
  const compiled = (one: Topology): void => {
    for (const { path, text: content } of compile(one, {
      layout,
      targets: [binary.program as 'nginx' | 'caddy'],
      ...(one.here ? { edge: one.here.name } : {}),
    })) {
      files.set(path, content);
      write(join(folder, path), content);
    }
  };
  compiled(topology);
  writeCertificates(topology, layout);
  for (const { id, routes, errorPages: own = [] } of topology.sites) {
    for (const { value } of pageFiles([own, ...routes.map(({ errorPages = [] }) => errorPages)].flat())) {
      write(layout.files(id, value), `the page ${value}\n`);
    }
    for (const { maintenance } of routes) {
      if (maintenance?.page) write(layout.files(id, maintenance.page.value), `the page ${maintenance.page.value}\n`);
      // Maintenance whose flag is called `on` is on.
      if (maintenance?.flag?.value.endsWith('/on')) write(flagPath(layout, id, maintenance.flag.value), '');
    }
  }
  for (const { id, routes } of topology.sites) {
    for (const root of new Set(routes.flatMap((route) => (route.action === 'files' ? [route.root.value] : [])))) {
      for (const [path, content] of options.contents ?? []) {
        const file = join(layout.files(id, root), path);
        write(file, content);
        utimesSync(file, 1_000_000_000, 1_000_000_000);
      }
    }
  }
  for (const [path, pem] of options.cas ?? []) write(layout.poolCa(path), pem);
  for (const { id, tls } of topology.sites) {
    const ca = tls.value.mode === 'none' ? undefined : tls.value.client?.ca.value;
    const text = ca === undefined ? undefined : options.authorities?.get(ca);
    if (ca !== undefined && text !== undefined) write(layout.clientCa(id, ca), text);
  }

  const start = binary.program === 'nginx' ? startNginx : startCaddy;
  const config = join(folder, binary.program === 'nginx' ? 'nginx/nginx.conf' : 'caddy/Caddyfile');
  const proxy = await start(binary, folder, { config, ports: listening.map((port) => placed(ports, port)) }).catch(
    (error: unknown) => {
      rmSync(folder, { recursive: true, force: true });
      throw error;
    },
  );
  const edge: Edge = {
    binary,
    proxy,
    folder,
    analysis,
    files,
    port: (port) => placed(ports, port),
    ask(url, { host, servername, ...rest } = {}) {
      const { scheme, authority, port, path } = partsOf(url);
      return request({
        path,
        ...rest,
        port: placed(ports, port),
        host: host ?? authority,
        ...(scheme === 'https' ? { tls: { servername: servername ?? authority.replace(/:\d+$/, '') } } : {}),
      });
    },
    async change(next) {
      const changed = analyseFor(binary, next, options).topology;
      compiled(binary.program === 'caddy' ? withoutAcme(changed) : changed);
      await proxy.reload();
    },
    async stop() {
      await proxy.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  // Caddy listens before it has made its own certificates.
  const own = topology.sites.filter(({ name, tls }) => name !== undefined && tls.value.mode === 'internal');
  try {
    for (const { name = '', port = https_port.value } of own) await handshake(edge, name.replace('*', 'any'), port);
  } catch (error) {
    await edge.stop();
    throw error;
  }
  return edge;
}

/** Completes one handshake and sends nothing, so that no server sees it. */
async function handshake(edge: Edge, servername: string, port: number): Promise<void> {
  const deadline = performance.now() + 30_000;
  const once = (): Promise<boolean> =>
    new Promise((resolve) => {
      const options = { host: '127.0.0.1', port: edge.port(port), servername, rejectUnauthorized: false };
      const socket = connect(options, () => resolve(true)).once('error', () => resolve(false));
      socket.once('secureConnect', () => socket.destroy());
    });
  while (!(await once())) {
    if (performance.now() > deadline) throw new Error(`no certificate for ${servername}\n${edge.proxy.log()}`);
    await sleep(20);
  }
}

/** Not `new URL`, which would tidy the path up. */
function partsOf(url: string) {
  const [, scheme, authority, digits, path = '/'] = /^(https?):\/\/([^/:]+(?::(\d+))?)(\/.*)?$/.exec(url) ?? [];
  if (scheme === undefined || authority === undefined) throw new Error(`${url} is not a URL`);
  const port = digits === undefined ? (scheme === 'https' ? 443 : 80) : Number(digits);
  return { scheme, authority, port, path };
}

/** The ports that the program will listen on. */
function portsOf(topology: Topology): readonly number[] {
  const { nginx, caddy } = lower(topology);
  const listeners = [...(nginx?.servers ?? []), ...(caddy?.sites ?? [])].map(({ listener }) => listener.port);
  return [...new Set(listeners)];
}

function withoutAcme(topology: Topology): Topology {
  return {
    ...topology,
    sites: topology.sites.map((site) => {
      const { tls } = site;
      if (tls.value.mode !== 'acme') return site;
      const file = (value: string): Given<string> => ({ value, at: tls.at, origin: 'default' });
      const files = { certificate: file('fullchain.pem'), key: file('privkey.pem') };
      const value: SiteTls = { ...tls.value, mode: 'files', ...files };
      return { ...site, tls: { ...tls, value } };
    }),
  };
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
