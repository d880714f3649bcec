import type { Access } from '../../model/access.ts';
import type { BasicAuth } from '../../model/basic-auth.ts';
import { wholeSeconds } from '../../model/duration.ts';
import type { Maintenance } from '../../model/maintenance.ts';
import { type Network, rangesOf } from '../../model/networks.ts';
import type { Route, Site } from '../../model/topology.ts';
import { type Layout, siteFolder } from '../layout.ts';
import { flagPath } from '../maintenance.ts';
import { pathPattern } from '../patterns.ts';
import type { NginxAccess, NginxBasicAuth, NginxMaintenance, NginxMap, NginxRoute } from './directives.ts';
import { literal, nginxToken } from './tokens.ts';

/** What stands before the action of a route, in the order in which it is asked. */
type Gate = Pick<NginxRoute, 'access' | 'maintenance' | 'basicAuth'>;

interface Gates {
  readonly maps: readonly NginxMap[];
  /** By the id of a route. */
  readonly of: (id: string) => Gate;
}

/**
 * `allow` and `deny` of nginx are looked at after `return` and `rewrite`, too late for a route that answers by itself: the
 * address becomes a variable that is 1 in each list of networks, and whoever is refused is so before all else.
 */
export function gatesOf(prefix: string, site: Site, routes: readonly Route[]): Gates {
  const clients = new Map<string, NginxMap>();
  const clientsIn = (list: readonly Network[]): string => {
    const keys = rangesOf(list).map(({ text }) => text);
    const same = keys.join(' ');
    const known = clients.get(same);
    const variable = known?.variable ?? `${prefix}_clients${clients.size + 1}`;
    const rows = keys.map((key) => ({ key, value: '1' }));
    if (!known) clients.set(same, { kind: 'geo', source: '$remote_addr', variable, fallback: '0', rows });
    return variable;
  };
  const accessOf = ({ allow, deny }: Access): NginxAccess => ({
    ...(deny ? { denied: clientsIn(deny.value) } : {}),
    ...(allow ? { allowed: clientsIn(allow.value) } : {}),
  });
  // `if` knows no and: for those who may, the path of the flag is one below a file, which never is.
  const ends = new Map<string, NginxMap>();
  const endFor = (allowed: string): string => {
    const variable = `${allowed}_flag`;
    const rows = [{ key: '^1', value: '/none' }];
    ends.set(variable, { kind: 'map', source: `$${allowed}`, variable, fallback: '', rows });
    return variable;
  };
  const maintenanceOf = ({ status, page, retryAfter, allow, flag }: Maintenance): NginxMaintenance => ({
    status: status.value,
    ...(page ? { page } : {}),
    ...(retryAfter ? { retryAfter: wholeSeconds(retryAfter.value) } : {}),
    ...(allow ? { allowed: flag ? endFor(clientsIn(allow.value)) : clientsIn(allow.value) } : {}),
    ...(flag ? { flag: flag.value } : {}),
  });
  // Written at the site it is that of each of its routes: one file, and one question.
  const auths = new Map<string, NginxBasicAuth>();
  const realms: NginxMap[] = [];
  const basicAuthOf = (auth: BasicAuth): NginxBasicAuth => {
    const { at, users, realm, exceptClients, exceptPaths } = auth;
    const key = `${at.source} ${at.path}`;
    const number = auths.size + 1;
    const known = auths.get(key);
    if (known) return known;
    let asked = realm.value;
    const open = (source: string, keys: readonly string[]): void => {
      const variable = `${prefix}_realm${realms.length + 1}`;
      const rows = keys.map((one) => ({ key: one, value: 'off' }));
      realms.push({ kind: 'map', source, variable, fallback: asked, rows });
      asked = `$${variable}`;
    };
    // nginx reads no token of more than 4096 bytes: a pattern a path.
    if (exceptPaths.length > 0) {
      open(
        '$edge_decoded',
        exceptPaths.map((path) => pathPattern([path])),
      );
    }
    if (exceptClients.length > 0) open(`$${clientsIn(exceptClients)}`, ['^1']);
    const made: NginxBasicAuth = {
      realm: asked,
      file: `${siteFolder(site.id)}-${number}`,
      users: [...users].map(([name, { value }]) => `${name}:${value}`),
      ...(exceptPaths.length > 0 ? { asksPath: true as const } : {}),
    };
    auths.set(key, made);
    return made;
  };
  const gates = new Map(
    routes.map(({ id, access, maintenance, basicAuth }): readonly [string, Gate] => [
      id,
      {
        ...(access ? { access: accessOf(access) } : {}),
        ...(maintenance ? { maintenance: maintenanceOf(maintenance) } : {}),
        ...(basicAuth ? { basicAuth: basicAuthOf(basicAuth) } : {}),
      },
    ]),
  );
  return { maps: [...clients.values(), ...ends.values(), ...realms], of: (id) => gates.get(id) ?? {} };
}

/** Those of a location, in the order in which nginx runs them: what is asked for passwords comes after all `if`. */
export function gateLines(
  { access, maintenance, basicAuth }: NginxRoute,
  { site, layout, closed }: { readonly site: string; readonly layout: Layout; readonly closed: string },
): string[] {
  return [
    ...(access?.denied === undefined ? [] : branch(`$${access.denied}`, 'return 403;')),
    ...(access?.allowed === undefined ? [] : branch(`$${access.allowed} = 0`, 'return 403;')),
    ...(maintenance
      ? maintenanceLines(maintenance, `rewrite ^ ${closed} last;`, (flag) => flagPath(layout, site, flag))
      : []),
    ...(basicAuth
      ? [
          `auth_basic ${basicAuth.realm.startsWith('$') ? basicAuth.realm : nginxToken(basicAuth.realm)};`,
          `auth_basic_user_file ${literal(usersFile(basicAuth, layout))};`,
        ]
      : []),
  ];
}

function maintenanceLines(
  { allowed, flag }: NginxMaintenance,
  go: string,
  pathOf: (flag: string) => string,
): readonly string[] {
  if (flag === undefined) return allowed === undefined ? [go] : branch(`$${allowed} = 0`, go);
  const path = literal(pathOf(flag)).replace(/^"|"$/g, '');
  return branch(`-f "${path}${allowed === undefined ? '' : `$${allowed}`}"`, go);
}

function branch(condition: string, line: string): string[] {
  return [`if (${condition}) {`, `    ${line}`, '}'];
}

/** Below the folder of the configuration. */
export function usersPath({ file }: NginxBasicAuth): string {
  return `users/${file}`;
}

function usersFile(auth: NginxBasicAuth, { nginx }: Layout): string {
  return `${nginx.configuration}/${usersPath(auth)}`;
}
