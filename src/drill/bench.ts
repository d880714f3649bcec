import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { UsageError } from '../cli/io.ts';
import { loopbackLayout } from '../cli/loopback.ts';
import { freePorts } from '../cli/ports.ts';
import { compile } from '../compile.ts';
import { formatAddress, parseAddress } from '../model/address.ts';
import { request } from './client.ts';
import type { Farm, Plot } from './farm.ts';
import { type Measurement, measure } from './measure.ts';
import { drillOf, type Plan, type Planned, type Program, type Stage } from './plan.ts';
import { launch, type Running, untilReady } from './process.ts';
import { rolesOf } from './staging.ts';
import { checkOf } from './told.ts';

/** A proxy that serves the rows of one target, each with servers of its own. */
export interface Bench {
  readonly rows: readonly Row[];
  stop(): Promise<void>;
}

/** A row that waits to be measured, once. */
export interface Row {
  readonly plan: Plan;
  readonly planned: Planned;
  /** Nothing: its servers could not be brought out of rotation. Throws when `signal` ends it. */
  measure(signal: AbortSignal): Promise<Measurement | undefined>;
}

/** Starts the proxy at `path`. Throws a `UsageError` when it does not start. */
export async function startBench(plan: Plan, path: string, rows: readonly Planned[], farm: Farm): Promise<Bench> {
  const { topology, stages } = drillOf(plan, rows);
  const folder = mkdtempSync(join(tmpdir(), `proxywright-drill-${plan.program}-`));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  let running: Running | undefined;
  try {
    const [http = 0, https = 0] = await freePorts(2);
    const places = new Map<string, string>();
    const placed: { stage: Stage; plots: readonly Plot[] }[] = [];
    for (const stage of stages) {
      const plots = await Promise.all(stage.servers.map(() => farm.plot(checkOf(stage.told))));
      for (const [index, server] of stage.servers.entries()) {
        places.set(formatAddress(server), plots[index]?.address ?? '');
      }
      placed.push({ stage, plots });
    }
    const layout = loopbackLayout({
      folder,
      port: (port) => (port === 80 ? http : https),
      address: (address) => {
        const there = parseAddress(places.get(formatAddress(address)) ?? '');
        // Nothing of a drill may leave the machine.
        if (!there) throw new Error(`${formatAddress(address)} has no stand-in`);
        return there;
      },
    });
    for (const { path: file, text } of compile(topology, {
      layout,
      ...(topology.here ? { edge: topology.here.name } : {}),
    })) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), text);
    }
    running = await start(plan, path, folder, http);
    const { stop } = running;
    return {
      rows: placed.map(({ stage, plots }) => rowOf(plan, stage, plots, http)),
      async stop() {
        await stop(0);
        remove();
      },
    };
  } catch (problem) {
    await running?.stop(0);
    remove();
    throw problem;
  }
}

function rowOf(plan: Plan, { planned, site, told }: Stage, plots: readonly Plot[], port: number): Row {
  const { cell, patience } = planned;
  const roles = rolesOf(cell, plots.length, told);
  return {
    plan,
    planned,
    measure: (signal) =>
      measure(
        { told, cell, method: cell.method, roles, patience },
        plots,
        (path, options) => request({ ...options, path, port, host: site }),
        signal,
      ),
  };
}

/** How each program runs in the foreground with the files of a folder. */
const commands: Readonly<Record<Program, (folder: string) => readonly string[]>> = {
  nginx: (folder) => {
    // As root, workers become another user by default, who cannot enter a private temporary folder.
    const user = process.getuid?.() === 0 ? ' user root;' : '';
    const config = join(folder, 'nginx/nginx.conf');
    return ['-p', `${folder}/`, '-e', 'stderr', '-c', config, '-g', `daemon off;${user}`];
  },
  caddy: (folder) => ['run', '--config', join(folder, 'caddy/Caddyfile'), '--adapter', 'caddyfile'],
};

async function start({ program, installed }: Plan, path: string, folder: string, port: number): Promise<Running> {
  const running = launch(path, commands[program](folder), folder);
  try {
    await untilReady(running, [port]);
    return running;
  } catch (problem) {
    const said = problem instanceof Error ? problem.message.trim().split('\n').slice(-6).join('\n') : '';
    throw new UsageError(
      `${program} ${installed.text} does not start\n${said.replaceAll(`${folder}/`, '')}`,
      '`proxywright verify` asks it what it thinks of the topology itself',
    );
  }
}
