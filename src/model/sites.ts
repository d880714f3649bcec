import type { Place } from '../diagnostics/diagnostic.ts';
import { routeWords } from '../schema/canonical.ts';
import { entry, get, type Node } from '../source/node.ts';
import { accessOf } from './access.ts';
import { type ActionOf, actionOf, type actions, filesOf, redirectOf, respondOf, rewriteOf } from './actions.ts';
import { isIpv6 } from './address.ts';
import { basicAuthOf } from './basic-auth.ts';
import { bodiesOf } from './bodies.ts';
import { defaults } from './defaults.ts';
import { type ErrorPage, errorPagesOf } from './error-pages.ts';
import { authOfRoute, forwardAuthOf } from './forward-auth.ts';
import { headers } from './headers.ts';
import { entriesOf } from './machines.ts';
import { maintenanceOf } from './maintenance.ts';
import { type Match, type PathMatch, pathsOf } from './match.ts';
import { matchOf } from './matches.ts';
import { isPrivateName } from './names.ts';
import { retry, timeouts } from './policy.ts';
import { type NamedPool, type PoolContext, poolOfRoute } from './pools.ts';
import { rawOf } from './raw.ts';
import { type Findings, find, inherited, limit, number, read, text, word, written } from './reader.ts';
import { passingOf, withPauses } from './stream.ts';
import { clientOverHttp, isPrivateCa, siteTls, wildcardCertificate } from './tls.ts';
import type { Acme, Given, Route, Site } from './topology.ts';

export interface SiteContext extends PoolContext {
  readonly named: Map<string, NamedPool>;
  readonly acme: Acme;
  /** By where they are written. */
  readonly pages: Map<string, readonly ErrorPage[]>;
}

export function sites(root: Node, context: SiteContext): Site[] {
  return [...entriesOf(root, 'sites')].map(([key, { keyAt, value }]) => site(key, keyAt, value, context));
}

function site(id: string, at: Place, node: Node, context: SiteContext): Site {
  const { found } = context;
  const layers = [written(node), ...inherited([context.defaults])];
  const [, host = id, digits] = /^(.*?)(?::(\d+))?$/.exec(id) ?? [];
  const port = digits === undefined ? undefined : Number(digits);
  if (port !== undefined && (port < 1 || port > 65535)) {
    found.add('error', 'schema-name', at, `${port} is not a port`, { help: 'ports go from 1 to 65535' });
  }
  const name = host === 'default' ? undefined : host;
  const tls = siteTls(layers, name, at, context);
  const http = read(layers, 'http', word('redirect', 'serve', 'none'), defaults.http, at);
  if (tls.value.mode === 'none' && http.origin === 'written') {
    found.add(
      'error',
      'reference-http',
      http.at,
      '`http` says what plain http does for a site with TLS; this one has none',
      {
        help: 'remove it, or give the site TLS',
      },
    );
  }
  clientOverHttp(tls.value, http, found);
  const own = headers(layers, found);
  const general = { ...context.defaults, origin: 'inherited', id: 'defaults' } as const;
  const pages = errorPagesOf([{ ...written(node), id }, general], context);
  const aliases = names(get(node, 'aliases'));
  const redirectFrom = names(get(node, 'redirect_from'));
  for (const one of [...(name ? [{ value: name, at }] : []), ...aliases, ...redirectFrom]) {
    if (!one.value.startsWith('[') || isIpv6(one.value.slice(1, -1))) continue;
    found.add('error', 'schema-name', one.at, `\`${one.value}\` is not an IPv6 address`, {
      help: 'write a host name, or an address such as [2001:db8::1]',
    });
  }
  if (redirectFrom[0] && (!name || name.startsWith('*.'))) {
    const site = name ? `\`${name}\`` : 'the `default` site';
    found.add('error', 'reference-redirect', redirectFrom[0].at, `${site} has no name to redirect to`, {
      help: 'put `redirect_from` at a site with a name',
    });
  }
  for (const one of tls.value.mode === 'acme' ? [...aliases, ...redirectFrom] : []) {
    if (one.value.startsWith('*.')) wildcardCertificate(one.value, one.at, found);
    else if (isPrivateName(one.value) && !isPrivateCa(context.acme)) {
      found.add('error', 'reference-tls', one.at, `no public CA issues certificates for \`${one.value}\``, {
        why: 'the CA would refuse the certificate of the whole site',
        help: 'make it a site of its own with `tls: internal`',
      });
    }
  }
  const rps = find([written(get(node, 'traffic'))], 'rps', number);
  misplaced(node, found);
  return {
    id,
    ...(name === undefined ? {} : { name }),
    at,
    ...(port === undefined ? {} : { port }),
    aliases,
    redirectFrom,
    tls,
    http,
    routes: routes(id, name === undefined ? [] : [name, ...aliases.map(({ value }) => value)], node, context),
    ...(own ? { headers: own } : {}),
    ...(pages.length > 0 ? { errorPages: pages } : {}),
    ...(rps ? { traffic: { rps } } : {}),
  };
}

/** Words of a route beside `routes` would apply to nothing. */
function misplaced(node: Node, found: Findings): void {
  for (const key of routeWords) {
    const stray = entry(node, key);
    if (!stray || get(node, 'routes')?.at.path === node.at.path) continue;
    found.add('error', 'schema-unknown-key', stray.keyAt, `\`${key}\` beside \`routes\` would apply to nothing`, {
      help: ['timeouts', 'retry'].includes(key)
        ? 'write it in a route, in the pool, or under `defaults`'
        : 'write it in one of the routes: the last one takes what no other does',
    });
  }
}

function names(node: Node | undefined): Given<string>[] {
  if (node?.kind !== 'sequence') return [];
  return node.items.flatMap((item) => {
    const name = text(item);
    return name === undefined ? [] : [{ value: name, at: item.at, origin: 'written' as const }];
  });
}

function routes(siteId: string, names: readonly string[], node: Node, context: SiteContext): Route[] {
  const list = get(node, 'routes');
  if (list?.kind !== 'sequence') return [];
  const ids = new Set<string>();
  const siteBudget = get(node, 'budget');
  const siteAuth = forwardAuthOf(get(node, 'forward_auth'), siteId, context);
  return list.items.flatMap((item, index): Route[] => {
    const action = item.kind === 'mapping' ? actionOf(item, context.found) : undefined;
    if (!action) return [];
    const match = matchOf(get(item, 'match'), names, context.found);
    const routeId = index === 0 ? siteId : `${siteId}-${index + 1}`;
    const own = routeOf(action, item, match, routeId, context);
    if (!own) return [];
    const name = find([written(item)], 'name', text);
    const changes = headers([written(item), ...inherited([written(node), context.defaults])], context.found);
    const site = { node, origin: 'inherited', id: siteId } as const;
    const general = { ...context.defaults, origin: 'inherited', id: 'defaults' } as const;
    const pages = errorPagesOf([{ ...written(item), id: routeId }, site, general], context);
    const access = accessOf(item, [written(node)], context.found);
    const maintenance = maintenanceOf(item, [written(node)], context.found);
    const basicAuth = basicAuthOf(item, [written(node)], context.found);
    const auth = authOfRoute(item, `${siteId}-${index + 1}`, { site: siteAuth, headers: changes }, context);
    const raw = rawOf([written(item), ...inherited([written(node)])]);
    const budget =
      find([written(item)], 'budget', limit(context.found)) ??
      (siteBudget ? find(inherited([written(node)]), 'budget', limit(context.found)) : undefined) ??
      find(inherited([context.defaults]), 'budget', limit(context.found));
    return [
      {
        id: uniqueId(siteId, name, pathsOf(match), ids, context.found),
        at: item.at,
        ...(name ? { name: name.value } : {}),
        match,
        ...own,
        ...(budget ? { budget } : {}),
        ...(changes ? { headers: changes } : {}),
        ...bodiesOf(item, [written(node), context.defaults], context.found),
        ...(access ? { access } : {}),
        ...(maintenance ? { maintenance } : {}),
        ...(basicAuth ? { basicAuth } : {}),
        ...(auth ? { forwardAuth: auth } : {}),
        ...(raw ? { raw } : {}),
        ...(pages.length > 0 ? { errorPages: pages } : {}),
      },
    ];
  });
}

/** What a route does; `anonymous` is the name of a pool that is written at the route. */
function routeOf(
  action: (typeof actions)[number],
  item: Node,
  match: Match,
  anonymous: string,
  context: SiteContext,
): ActionOf<Route> | undefined {
  const { found } = context;
  if (action === 'respond') return respondOf(item, found);
  if (action === 'redirect') return redirectOf(item, match, found);
  if (action === 'files') return filesOf(item, found);
  const upstream = get(item, 'upstream');
  const target = upstream && poolOfRoute(upstream, anonymous, context.named, context);
  if (!target) return undefined;
  const layers = [written(item), ...inherited([written(target.node), context.defaults])];
  const rewrite = rewriteOf(item, found);
  const passing = passingOf(item, found);
  return {
    action: 'proxy',
    pool: target.pool,
    timeouts: withPauses(timeouts(layers, item.at, found), passing),
    retry: retry(layers, item.at, found),
    ...passing,
    ...(rewrite ? { rewrite } : {}),
  };
}

function uniqueId(
  site: string,
  name: Given<string> | undefined,
  paths: readonly PathMatch[],
  taken: Set<string>,
  found: Findings,
): string {
  const [first] = paths;
  // A name never collides with a path: prefixes end in a slash, exact paths begin with `=`.
  const path = !first ? '/' : first.kind === 'exact' ? `=${first.path}` : `${first.path}/`;
  const base = `${site}${name ? `/${name.value}` : path}`;
  if (name && taken.has(base)) {
    found.add('error', 'reference-duplicate', name.at, `two routes of the site are named \`${name.value}\``, {
      help: 'reports and overlays find routes by name: give each its own',
    });
  }
  let id = base;
  for (let count = 2; taken.has(id); count++) id = `${base}#${count}`;
  taken.add(id);
  return id;
}
