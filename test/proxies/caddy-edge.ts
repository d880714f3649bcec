import { mkdirSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parse } from 'yaml';
import { request } from '../../src/drill/client.ts';
import { type Ca, type Output, output, trusted } from './acme.ts';
import type { Binary } from './binaries.ts';
import { validateCaddy } from './inspect.ts';
import { loopbackLayout } from './layout.ts';
import { type CaddyJson, type RunningProxy, startCaddy } from './run.ts';

/** The edge as the fragments describe it: Caddy with its volumes. */
export class CaddyEdge {
  readonly out: Output;
  readonly port: { readonly http: number; readonly tls: number };
  readonly #binary: Binary;
  #ca: Ca | undefined;
  #proxy: RunningProxy | undefined;

  constructor(binary: Binary, port: CaddyEdge['port']) {
    this.#binary = binary;
    this.port = port;
    const ports = new Map([
      [80, port.http],
      [443, port.tls],
    ]);
    const layout = (folder: string) => {
      const { caddy, ...rest } = loopbackLayout({ folder, ports, servers: new Map() });
      // With an admin address, as in the container: `caddy reload` needs it.
      return { ...rest, caddy: { accessLog: caddy.accessLog, caRoot: caddy.caRoot } };
    };
    this.out = output(binary, `acme-${binary.age}`, layout);
  }

  /** `words`: of the first site. */
  write(ca: Ca, words = ''): void {
    this.#ca = ca;
    const text = `
edge: { proxy: caddy }
acme: { ca: "${ca.directory}", email: ops@example.com, ca_root: ca.pem }
sites:
  a.example.com: { respond: { body: a }${words} }
  b.example.com: { respond: { body: b } }
`;
    this.out.write(text, ca.server);
  }

  async start(): Promise<void> {
    this.#proxy = await startCaddy(this.#binary, this.out.folder, {
      config: this.#config,
      ports: [this.port.http, this.port.tls],
      env: this.#environment(),
      change: lookingOften,
    });
  }

  /** Reads the files again, as `caddy reload` in the container does. */
  async reload(): Promise<void> {
    await this.#running.reload();
  }

  validate() {
    return validateCaddy(this.#binary, this.out.folder, this.#config, this.#environment());
  }

  async stop(): Promise<void> {
    await this.#proxy?.stop();
    this.#proxy = undefined;
  }

  log(): string {
    return this.#running.log();
  }

  /** Within half a minute. */
  async until(condition: () => boolean): Promise<void> {
    for (const end = performance.now() + 30_000; !condition(); await sleep(50)) {
      if (performance.now() > end) throw new Error(`nothing came of it\n${this.log()}`);
    }
  }

  /** What plain http answers. */
  plain(name: string) {
    return request({ port: this.port.http, host: name, path: '/' });
  }

  async trusted(name: string, besides = ''): Promise<string> {
    const root = (await this.#ca?.root()) ?? '';
    return trusted(this.port.tls, name, { root, besides, log: () => this.log() });
  }

  /** Whom the CAs write to. */
  accounts(): string[] {
    const cas = join(this.#mounted('/data'), 'caddy/acme');
    return readdirSync(cas).flatMap((ca) => readdirSync(join(cas, ca, 'users')));
  }

  get #config(): string {
    return join(this.out.folder, 'caddy/Caddyfile');
  }

  get #running(): RunningProxy {
    if (!this.#proxy) throw new Error('Caddy does not run');
    return this.#proxy;
  }

  /** What the image says. */
  #environment(): Record<string, string> {
    return { XDG_DATA_HOME: this.#mounted('/data'), XDG_CONFIG_HOME: this.#mounted('/config') };
  }

  /** Where a folder of the container is: what no volume keeps is another one each time. */
  #mounted(target: string): string {
    const { folder } = this.out;
    const { services } = parse(readFileSync(join(folder, 'compose/edge.yaml'), 'utf8'));
    const volumes: readonly { readonly type: string; readonly target: string }[] = services.caddy.volumes;
    if (!volumes.some((one) => one.type === 'volume' && one.target === target))
      return mkdtempSync(join(folder, 'lost-'));
    const kept = join(folder, 'volumes', target);
    mkdirSync(kept, { recursive: true });
    return kept;
  }
}

/** Caddy looks at the age of its certificates every ten minutes, which no test waits for; no word of ours changes that. */
function lookingOften(config: CaddyJson): CaddyJson {
  const { apps } = config;
  const tls = { ...apps?.tls, automation: { ...apps?.tls?.automation, renew_interval: '1s' } };
  return { ...config, apps: { ...apps, tls } };
}
