import { Option } from 'commander';
import type { TargetId } from '../diagnostics/diagnostic.ts';
import { UsageError } from './io.ts';

export function failOn(description: string): Option {
  return new Option('--fail-on <severity>', description)
    .choices(['error', 'warning', 'info', 'never'])
    .default('error');
}

/** How a topology is read. */
export function environment(): Option {
  return new Option('--env <name>', 'lay topology.NAME.yaml over the topology');
}

export function envFile(): Option {
  const description = 'replace each ${NAME} by what this file says: lines of NAME=value (repeatable)';
  return new Option('--env-file <file>', description).argParser(collect);
}

export function allowEnv(): Option {
  const description = 'replace ${NAME} by the variable of that name of the environment (repeatable)';
  return new Option('--allow-env <name>', description).argParser(collect);
}

/** How a hand-written file is read where its name does not say. */
export function language(): Option {
  return new Option('--as <language>', 'what the file is, where its name does not say').choices([
    'topology',
    'caddy',
    'nginx',
  ]);
}
export const nginxVersion = [
  '--nginx-version <version>',
  'judge a hand-written nginx configuration as this version',
] as const;
export const caddyVersion = ['--caddy-version <version>', 'judge a hand-written Caddyfile as this version'] as const;

export function collect(value: string, list: readonly string[] = []): string[] {
  return [...list, value];
}

export function targetList(value: string): TargetId[] {
  return value.split(',').map((word) => {
    const id = (['caddy', 'nginx', 'compose'] as const).find((known) => known === word.trim());
    if (!id) throw new UsageError(`\`${word}\` is no target`, '`--target` takes caddy, nginx and compose, with commas');
    return id;
  });
}

export function port(value: string): number {
  const number = Number(value);
  if (!/^\d+$/.test(value) || number < 1 || number > 65535)
    throw new UsageError(`\`${value}\` is no port`, '`--shadow` takes a number from 1 to 65535');
  return number;
}

export function count(value: string): number {
  if (!/^\d+$/.test(value)) throw new UsageError(`\`${value}\` is no number`, '`--max-warnings` takes a whole number');
  return Number(value);
}
