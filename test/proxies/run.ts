import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../../src/cli/ports.ts';
import { launch, until, untilReady } from '../../src/drill/process.ts';
import type { Binary } from './binaries.ts';
import { adaptCaddy } from './inspect.ts';
import { prepareNginx } from './nginx-config.ts';
import { finish } from './process.ts';

export interface StartOptions {
  /** The path of nginx.conf or Caddyfile; made absolute by the caller. */
  readonly config: string;
  /** Loopback ports that must accept connections before the proxy counts as started. */
  readonly ports: readonly number[];
  readonly env?: Readonly<Record<string, string>>;
  /** What a test must change in the JSON that Caddy runs, because no Caddyfile of ours says it. */
  readonly change?: (config: CaddyJson) => CaddyJson;
}

export interface CaddyJson {
  readonly apps?: { readonly tls?: { readonly automation?: object } };
}

export interface RunningProxy {
  readonly pid: number;
  log(): string;
  /** Reads the configuration again. Resolves when only the new one answers; throws when the proxy refuses it. */
  reload(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts nginx in the foreground. `folder` takes its temporary files and its pid file and must exist. */
export async function startNginx(binary: Binary, folder: string, options: StartOptions): Promise<RunningProxy> {
  const { args } = prepareNginx(folder, options.config);
  const running = launch(binary.path, args, folder, options.env);
  await untilReady(running, options.ports);
  return {
    pid: running.pid,
    log: running.log,
    stop: () => running.stop(),
    async reload() {
      prepareNginx(folder, options.config);
      const before = new Set(nginxWorkers(running.pid).map((worker) => worker.pid));
      const logged = running.log().length;
      running.signal('SIGHUP');
      await until(() => {
        if (running.log().includes('[emerg]', logged)) throw new Error(`nginx refused to reload\n${running.log()}`);
        const workers = nginxWorkers(running.pid);
        // An old worker that still serves a long request stays, but accepts no more.
        return workers.some(({ pid }) => !before.has(pid)) && workers.every((w) => w.leaving || !before.has(w.pid));
      }, running);
    },
  };
}

/**
 * Starts Caddy. The Caddyfile is adapted first and its JSON is run, because only there can the admin port be moved from
 * the fixed 2019 without changing the Caddyfile (the old version knows no environment variable for it). What the
 * Caddyfile itself says about `admin` is kept.
 */
export async function startCaddy(binary: Binary, folder: string, options: StartOptions): Promise<RunningProxy> {
  const { env, change = (config: CaddyJson) => config } = options;
  const listen = `127.0.0.1:${await freePort()}`;
  const json = join(folder, '.caddy.test.json');
  const prepare = async (): Promise<void> => {
    const { ok, config, output } = await adaptCaddy(binary, folder, options.config, env);
    if (!ok) throw new Error(`caddy adapt refused ${options.config}\n${output}`);
    writeFileSync(json, JSON.stringify({ admin: { listen }, ...change(config as CaddyJson) }));
  };
  await prepare();
  const running = launch(binary.path, ['run', '--config', json], folder, env);
  await untilReady(running, options.ports);
  return {
    pid: running.pid,
    log: running.log,
    stop: () => running.stop(),
    async reload() {
      await prepare();
      // An unchanged configuration is loaded again too, as nginx does: its memory of failed upstreams starts anew.
      const args = ['reload', '--force', '--config', json, '--address', listen];
      const { code, stderr } = await finish(binary.path, args, { folder, ...(env && { env }) });
      if (code !== 0) throw new Error(`caddy refused to reload\n${stderr}`);
    },
  };
}

/** nginx writes into its workers' titles what they do. */
function nginxWorkers(master: number): readonly { readonly pid: number; readonly leaving: boolean }[] {
  return readFileSync(`/proc/${master}/task/${master}/children`, 'utf8')
    .split(' ')
    .filter((pid) => pid !== '')
    .map((pid) => ({ pid: Number(pid), leaving: title(pid).includes('shutting down') }));
}

function title(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    // It ended between the two reads.
    return 'shutting down';
  }
}
