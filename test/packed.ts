import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';

const top = join(import.meta.dirname, '..');

export interface Packed {
  /** The tarball that would be published. */
  readonly tarball: () => string;
  /** A folder in which it was installed. */
  readonly installed: () => string;
}

/** The package as somebody gets it, made once for a test file: packed, then installed into an empty folder. */
export function packed(): Packed {
  let folder = '';
  let tarball = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'proxywright-packed-'));
    const told = npm(top, ['pack', '--json', '--pack-destination', folder]);
    // Before the JSON stands what the scripts said.
    tarball = join(folder, JSON.parse(told.slice(told.search(/^\[/m)))[0].filename);
    install(folder, tarball);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return { tarball: () => tarball, installed: () => folder };
}

/** By npm itself, and offline: the packages that it depends on are those of this project. */
function install(folder: string, tarball: string): void {
  const { packages } = JSON.parse(readFileSync(join(top, 'package-lock.json'), 'utf8'));
  const names = Object.entries(packages as Record<string, { dev?: boolean; devOptional?: boolean }>)
    .filter(([path, { dev, devOptional }]) => /^node_modules\/(?:@[^/]+\/)?[^/]+$/.test(path) && !dev && !devOptional)
    .map(([path]) => path.slice('node_modules/'.length))
    .filter((name) => existsSync(join(top, 'node_modules', name)));
  const overrides = Object.fromEntries(names.map((name) => [name, `file:${join(top, 'node_modules', name)}`]));
  const description = { private: true, dependencies: { proxywright: `file:${tarball}` }, overrides };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(description));
  npm(folder, ['install', '--offline', '--no-audit', '--no-fund', '--loglevel=error']);
}

function npm(cwd: string, args: readonly string[]): string {
  return execFileSync('npm', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}
