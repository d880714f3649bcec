import type { Access } from '../../model/access.ts';
import type { BasicAuth } from '../../model/basic-auth.ts';
import { wholeSeconds } from '../../model/duration.ts';
import { flagFolder, type Maintenance } from '../../model/maintenance.ts';
import type { Criterion } from '../../model/match.ts';
import type { Network } from '../../model/networks.ts';
import { atLeast } from '../../model/version.ts';
import { baseName } from '../layout.ts';
import type { CaddyRoute } from './directives.ts';
import { matcherLines } from './matchers.ts';
import type { RouteSpot } from './routes.ts';
import { caddyToken, literal } from './tokens.ts';

/** What stands before the action of a route, in the order in which it is asked. */
export function gateLines({ access, maintenance, basicAuth }: CaddyRoute, spot: RouteSpot): string[] {
  return [
    ...(access ? accessLines(access, spot) : []),
    ...(maintenance ? maintenanceLines(maintenance, spot) : []),
    ...(basicAuth ? basicAuthLines(basicAuth, spot) : []),
  ];
}

function accessLines({ allow, deny }: Access, { number, version }: RouteSpot): string[] {
  const denied = matcherLines({ all: clientsIn(deny?.value), none: [] }, version);
  const outside = matcherLines({ all: [], none: clientsIn(allow?.value) }, version);
  return [
    ...denied.flatMap((line) => [`@denied${number} ${line}`, `error @denied${number} 403`]),
    ...(outside.length > 0 ? [...named(`@outside${number}`, outside), `error @outside${number} 403`] : []),
  ];
}

function maintenanceLines(maintenance: Maintenance, { number, version, site, layout }: RouteSpot): string[] {
  const { status, page, retryAfter, allow, flag } = maintenance;
  const exists = (path: string): string[] => [
    'file {',
    `\troot ${literal(layout.files(site, flagFolder(path)))}`,
    `\ttry_files ${literal(`/${baseName(path)}`)}`,
    '}',
  ];
  const conditions = [
    ...matcherLines({ all: [], none: clientsIn(allow?.value) }, version),
    ...(flag ? exists(flag.value) : []),
  ];
  const name = conditions.length > 0 ? `@maintenance${number}` : '*';
  return [
    ...(conditions.length > 0 ? named(name, conditions) : []),
    ...(page ? [`vars ${name} edge_errors ${maintenanceMark(number)}`] : []),
    ...(retryAfter ? [`header ${name} Retry-After ${wholeSeconds(retryAfter.value)}`] : []),
    `error ${name} ${status.value}`,
  ];
}

/** What an error remembers that has the page of the maintenance of a route. */
export function maintenanceMark(number: number): string {
  return `maintenance${number}`;
}

function basicAuthLines(auth: BasicAuth, { number, version }: RouteSpot): string[] {
  const { users, realm, exceptClients, exceptPaths } = auth;
  const open: Criterion[][] = [
    clientsIn(exceptClients),
    exceptPaths.length > 0 ? [{ kind: 'path', paths: exceptPaths }] : [],
  ];
  const conditions = open.flatMap((none) => matcherLines({ all: [], none }, version));
  const matcher = conditions.length > 0 ? [`@guests${number}`] : [];
  const directive = atLeast(version, '2.8') ? 'basic_auth' : 'basicauth';
  return [
    ...matcher.flatMap((name) => named(name, conditions)),
    `${[directive, ...matcher, 'bcrypt', caddyToken(realm.value)].join(' ')} {`,
    ...[...users].map(([name, { value }]) => `\t${caddyToken(name)} ${caddyToken(value)}`),
    '}',
  ];
}

function clientsIn(networks: readonly Network[] = []): Criterion[] {
  return networks.length > 0 ? [{ kind: 'client', networks }] : [];
}

function named(name: string, conditions: readonly string[]): string[] {
  return [`${name} {`, ...conditions.map((line) => `\t${line}`), '}'];
}
