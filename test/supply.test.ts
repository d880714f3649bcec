import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import packageJson from '../package.json' with { type: 'json' };
import lock from '../package-lock.json' with { type: 'json' };

interface Locked {
  readonly version?: string;
  readonly dev?: boolean;
  readonly hasInstallScript?: boolean;
}
const top = join(import.meta.dirname, '..');
const production = Object.entries(lock.packages as Readonly<Record<string, Locked>>).filter(
  ([path, { dev }]) => path !== '' && !dev,
);

describe('what is installed with the program', () => {
  it('is little, and exactly what was tested', () => {
    const versions = Object.entries(packageJson.dependencies);
    expect(versions.length).toBeLessThanOrEqual(6);
    for (const [name, version] of versions) {
      expect([name, version]).toEqual([
        name,
        (lock.packages as Readonly<Record<string, Locked>>)[`node_modules/${name}`]?.version,
      ]);
    }
    expect(production.length).toBeLessThanOrEqual(20);
  });

  it('runs no script when it is installed', () => {
    expect(production.filter(([, { hasInstallScript }]) => hasInstallScript).map(([path]) => path)).toEqual([]);
    expect(Object.keys(packageJson.scripts).filter((name) => /^(?:pre|post)?install$|^prepare$/.test(name))).toEqual(
      [],
    );
  });
});

it('only what runs servers of its own on this machine knows the network', () => {
  const source = join(top, 'src');
  const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
  const network =
    /from '(?:node:)?(?:net|http|https|http2|dgram|dns|dns\/promises|tls|inspector)'|\bfetch\(|new WebSocket\(/;
  const users = files.filter((file) => network.test(readFileSync(join(source, file), 'utf8')));
  expect(users.filter((file) => !file.startsWith('drill/') && file !== 'cli/ports.ts')).toEqual([]);
  // And those speak to this machine alone; to see whether a port is free one listens everywhere for a moment.
  for (const file of users.filter((one) => one.startsWith('drill/'))) {
    const hosts = readFileSync(join(source, file), 'utf8').match(/host(?:name)?: '[^']*'/g) ?? [];
    expect(hosts.filter((host) => !host.endsWith("'127.0.0.1'"))).toEqual([]);
  }
});
