import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { type ColorFlag, chalkFor } from '../cli/color.ts';
import { type Io, UsageError } from '../cli/io.ts';
import { type LoadOptions, load, readCaRoot } from '../cli/load.ts';
import { loopbackLayout, writeCertificates } from '../cli/loopback.ts';
import { freePort } from '../cli/ports.ts';
import { findProgram, run, versionOf } from '../cli/programs.ts';
import { compile } from '../compile.ts';
import type { TargetId } from '../diagnostics/diagnostic.ts';
import { visible } from '../diagnostics/visible.ts';
import { views } from '../model/edges.ts';
import { portOf } from '../model/references.ts';
import type { Topology } from '../model/topology.ts';
import { atLeast, parseVersion } from '../model/version.ts';
import { pretty } from '../reporters/pretty.ts';

export interface VerifyOptions extends LoadOptions {
  readonly allowMissing?: boolean;
  readonly color: ColorFlag;
}

interface Verdict {
  readonly target: TargetId;
  readonly command: string;
  /** Absent: it does not say. */
  readonly installed: string | undefined;
  readonly ok: boolean;
  readonly output: string;
}

/** Asks the installed programs themselves. 1: one of them refuses the output; 2: none is installed. */
export async function verify(file: string | undefined, options: VerifyOptions, io: Io): Promise<number> {
  const loaded = await load(io, file, options);
  const { topology } = loaded;
  if (!topology || loaded.diagnostics.some(({ severity }) => severity === 'error')) {
    io.stderr.write(pretty(loaded.files, chalkFor(io.stderr, io.env, options.color)));
    return 1;
  }
  io.working?.('asking the installed programs');
  const folder = mkdtempSync(join(tmpdir(), 'proxywright-verify-'));
  try {
    const [only, ...others] = views(topology);
    const places = [only, ...others].flatMap((seen) =>
      seen ? [{ topology: seen, folder: others.length > 0 ? join(folder, seen.here?.name ?? '') : folder }] : [],
    );
    for (const place of places) await writeOutput(place, readCaRoot(loaded), loaded.input.folder);
    const verdicts: Verdict[] = [];
    const missing: string[] = [];
    for (const id of topology.targetIds) {
      const verdict = await judges[id](places, io);
      if (typeof verdict === 'string') missing.push(verdict);
      else verdicts.push(verdict);
    }
    return tell(verdicts, missing, folder, topology, options, io);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Everything for loopback: free ports, throw-away certificates, every server at an address that needs no DNS. */
async function writeOutput({ topology, folder }: Place, caRoot: string | undefined, origin: string): Promise<void> {
  const { edge, sites } = topology;
  const seen = [...new Set([edge.http_port.value, edge.https_port.value, ...sites.map((site) => portOf(site, edge))])];
  const bound = new Map<number, number>();
  for (const port of seen) bound.set(port, await freePort());
  const layout = loopbackLayout({
    folder,
    port: (port) => bound.get(port) ?? port,
    address: (address) => (address.kind === 'name' ? { kind: 'v4', host: '127.0.0.1', port: address.port } : address),
  });
  writeCertificates(topology, layout);
  const hostPath = (path: string): string => resolve(origin, path);
  const files = compile(topology, {
    layout,
    hostPath,
    ...(topology.here ? { edge: topology.here.name } : {}),
    ...(caRoot === undefined ? {} : { caRoot }),
  });
  for (const { path, text } of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

/** One edge machine: what it sees, and where its files are. */
interface Place {
  readonly topology: Topology;
  readonly folder: string;
}

type Judge = (places: readonly Place[], io: Io) => Promise<Verdict | string>;

/** A program is asked about several files; it says nothing of those that it takes. */
async function asked(path: string, calls: readonly (readonly string[])[], env: Io['env']) {
  let output = '';
  for (const args of calls) {
    const result = await run(path, args, env);
    if (result.code !== 0) output += result.output || `exit code ${result.code}\n`;
  }
  return { ok: output === '', output };
}

const judges: Readonly<Record<TargetId, Judge>> = {
  async caddy(places, io) {
    const path = findProgram('caddy', io.env);
    if (!path) return 'caddy';
    // Caddy writes nothing while it validates; a home of its own keeps it from looking at the real one.
    const home = places[0]?.folder;
    const env = { ...io.env, HOME: home, XDG_DATA_HOME: home, XDG_CONFIG_HOME: home };
    const installed = await versionOf(path, ['version'], env);
    const calls = places.map(({ folder }) => [
      'validate',
      ...['--config', join(folder, 'caddy/Caddyfile')],
      ...['--adapter', 'caddyfile'],
    ]);
    return { target: 'caddy', command: 'caddy validate', installed, ...(await asked(path, calls, env)) };
  },
  async nginx(places, io) {
    const path = findProgram('nginx', io.env);
    if (!path) return 'nginx';
    const installed = await versionOf(path, ['-v'], io.env);
    const calls = places.map(({ folder }) => [
      ...['-t', '-q', '-p', `${folder}/`, '-e', 'stderr'],
      ...['-c', join(folder, 'nginx/nginx.conf')],
    ]);
    return { target: 'nginx', command: 'nginx -t', installed, ...(await asked(path, calls, io.env)) };
  },
  async compose(places, io) {
    const [path, ...first] = await composeCommand(io);
    if (path === undefined) return 'docker compose';
    const installed = await versionOf(path, [...first, 'version'], io.env);
    const calls = places.flatMap(({ folder }) =>
      readdirSync(join(folder, 'compose'))
        .filter((name) => name.endsWith('.yaml'))
        .map((name) => [...first, '-f', join(folder, 'compose', name), 'config', '-q']),
    );
    return { target: 'compose', command: 'docker compose config', installed, ...(await asked(path, calls, io.env)) };
  },
};

/** `docker compose`, or the same program under its own name. */
async function composeCommand(io: Io): Promise<readonly string[]> {
  const docker = findProgram('docker', io.env);
  if (docker && (await run(docker, ['compose', 'version'], io.env)).code === 0) return [docker, 'compose'];
  const alone = findProgram('docker-compose', io.env);
  return alone ? [alone] : [];
}

function tell(
  verdicts: readonly Verdict[],
  missing: readonly string[],
  folder: string,
  topology: Topology,
  options: VerifyOptions,
  io: Io,
): number {
  const chalk = chalkFor(io.stdout, io.env, options.color);
  for (const { target, command, installed, ok, output } of verdicts) {
    io.stdout.write(
      `${ok ? chalk.green('ok     ') : chalk.red('refused')} ${command.padEnd(22)} ${chalk.dim(installed ?? 'unknown')}\n`,
    );
    if (ok) continue;
    // Caddy's own progress is not what it refused.
    const told = visible(output)
      .replaceAll(`${folder}/`, '')
      .split('\n')
      .filter((line) => !line.startsWith('{"level":"info"'));
    const lines = told.join('\n').trim().split('\n').slice(-12);
    io.stdout.write(`${lines.map((line) => `        ${line}`).join('\n')}\n`);
    const wanted = target === 'compose' ? undefined : topology.targets[target]?.version.value;
    if (wanted && installed !== undefined && !atLeast(parseVersion(installed), wanted.text)) {
      io.stdout.write(`        the topology is compiled for ${target} ${wanted.text}, and ${installed} is installed\n`);
    }
  }
  for (const name of missing) io.stderr.write(`${name} is not installed: not checked\n`);
  if (verdicts.some(({ ok }) => !ok)) return 1;
  if (verdicts.length > 0 || options.allowMissing) return 0;
  throw new UsageError(
    'none of the programs is installed: nothing was checked',
    'install one of them, or add --allow-missing where that is fine',
  );
}
