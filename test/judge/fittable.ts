import type { Configuration } from '../../src/judge/fit.ts';
import { parseVersion } from '../../src/model/version.ts';
import { cases as caddy } from './caddy-bounds/cases.ts';
import { cases as nginx } from './nginx-bounds/cases.ts';

/** Every hand-made file whose bounds are asserted. */
export const fittable: readonly (Configuration & { readonly name: string })[] = [
  ...nginx.map(({ name, text, version = '1.30' }) => ({
    name,
    target: 'nginx' as const,
    files: new Map([['nginx.conf', text]]),
    main: 'nginx.conf',
    version: parseVersion(version),
  })),
  ...caddy.map(({ name, files, version = '2.11.4' }) => ({
    name,
    target: 'caddy' as const,
    files: new Map(typeof files === 'string' ? [['Caddyfile', files]] : Object.entries(files)),
    main: 'Caddyfile',
    version: parseVersion(version),
  })),
];
