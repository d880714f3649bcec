import type { TargetId } from '../diagnostics/diagnostic.ts';
import { defaults } from '../model/defaults.ts';
import type { Topology } from '../model/topology.ts';
import { parseVersion, type Version } from '../model/version.ts';
import { caddyCapabilities } from './caddy/capabilities.ts';
import type { CaddyDirectives } from './caddy/directives.ts';
import { lowerCaddy } from './caddy/lower.ts';
import type { CapabilityTable } from './capability.ts';
import { composeCapabilities } from './compose/capabilities.ts';
import { nginxCapabilities } from './nginx/capabilities.ts';
import type { NginxDirectives } from './nginx/directives.ts';
import { lowerNginx } from './nginx/lower.ts';

export interface Target {
  readonly title: string;
  readonly capabilities: CapabilityTable;
  /** The version that a topology is compiled for. */
  version(topology: Topology): Version;
}

const newest = parseVersion('2');

/** In the order of output. */
export const targets: Readonly<Record<TargetId, Target>> = {
  caddy: {
    title: 'Caddy',
    capabilities: caddyCapabilities,
    version: ({ targets: { caddy } }) => caddy?.version.value ?? parseVersion(defaults.targets.caddy.version.value),
  },
  nginx: {
    title: 'nginx',
    capabilities: nginxCapabilities,
    version: ({ targets: { nginx } }) => nginx?.version.value ?? parseVersion(defaults.targets.nginx.version.value),
  },
  compose: { title: 'compose', capabilities: composeCapabilities, version: () => newest },
};

/** The directives of each target that a topology is compiled for: what is printed, and what is reasoned about. */
export interface Lowered {
  readonly caddy?: CaddyDirectives;
  readonly nginx?: NginxDirectives;
}

export function lower(topology: Topology): Lowered {
  return {
    ...(topology.targets.caddy ? { caddy: lowerCaddy(topology) } : {}),
    ...(topology.targets.nginx ? { nginx: lowerNginx(topology) } : {}),
  };
}

/** `Caddy`, `Caddy and nginx`: as a sentence names them. */
export function titles(ids: readonly TargetId[]): string {
  return ids.map((id) => targets[id].title).join(' and ');
}
