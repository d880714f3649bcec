import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

export type Program = 'nginx' | 'caddy' | 'docker-compose' | 'curl';

/** One program that `fetch.sh` has brought here. `path` is its launcher. */
export interface Binary {
  readonly program: Program;
  readonly age: 'old' | 'new';
  readonly version: string;
  readonly path: string;
}

const AGES: Readonly<Record<Program, readonly Binary['age'][]>> = {
  nginx: ['old', 'new'],
  caddy: ['old', 'new'],
  'docker-compose': ['new'],
  curl: ['new'],
};

const VERSION_ARGUMENT: Readonly<Record<Program, string>> = {
  nginx: '-v',
  caddy: 'version',
  'docker-compose': 'version',
  curl: '--version',
};

const found = new Map<Program, readonly Binary[]>();
const complained = new Set<Program>();

/** The fetched versions of a program, the old one first; empty when there is none. Each is asked once per process. */
export function binaries(program: Program): readonly Binary[] {
  const known = found.get(program);
  if (known !== undefined) return known;
  const list = AGES[program].flatMap((age) => probe(program, age) ?? []);
  found.set(program, list);
  return list;
}

/**
 * Like `binaries`, but all versions or none. What is missing throws in CI (and with PROXYWRIGHT_REQUIRE=1); on a
 * person's machine it is said once, loudly, because tests that are skipped in silence prove nothing.
 */
export function requireBinaries(program: Program): readonly Binary[] {
  const list = binaries(program);
  if (list.length === AGES[program].length) return list;
  const message = `${program} (${AGES[program].join(' and ')}) is not in ${proxiesFolder()}; run: npm run proxies`;
  if (isSet(process.env.CI) || isSet(process.env.PROXYWRIGHT_REQUIRE)) throw new Error(message);
  if (!complained.has(program)) process.stderr.write(`\n!!! TESTS SKIPPED: ${message}\n\n`);
  complained.add(program);
  return [];
}

/** Where `fetch.sh` puts the programs. */
function proxiesFolder(): string {
  return resolve(process.env.PROXYWRIGHT_PROXIES || join(import.meta.dirname, '../../.proxies'));
}

function probe(program: Program, age: Binary['age']): Binary | undefined {
  const path = join(proxiesFolder(), 'bin', `${program}-${age}`);
  if (!existsSync(path)) return undefined;
  const { stdout, stderr } = spawnSync(path, [VERSION_ARGUMENT[program]], { encoding: 'utf8', timeout: 10_000 });
  const version = /\d+\.\d+(\.\d+)?/.exec(`${stdout}${stderr}`)?.[0];
  return version === undefined ? undefined : { program, age, version, path };
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && !['', '0', 'false'].includes(value);
}
