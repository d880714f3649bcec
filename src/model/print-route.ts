import type { Access } from './access.ts';
import type { BasicAuth } from './basic-auth.ts';
import { formatDuration } from './duration.ts';
import type { ErrorPage } from './error-pages.ts';
import type { ForwardAuth } from './forward-auth.ts';
import type { HeaderChange, Headers } from './headers.ts';
import type { Maintenance } from './maintenance.ts';
import type { Match, PathMatch } from './match.ts';
import type { Network } from './networks.ts';
import type { Raw } from './raw.ts';
import { formatSize } from './size.ts';
import { eachTold, limit, type Told, type Tree, timed, told } from './told.ts';
import type { Rewrite, Route } from './topology.ts';
import { formatValue } from './value.ts';

/** A route with every value that applies. */
export function route(one: Route): Tree {
  const {
    id,
    match,
    access,
    maintenance,
    basicAuth,
    forwardAuth,
    budget,
    headers,
    maxBody,
    compress,
    raw,
    errorPages,
  } = one;
  const asked = { ...criteria(match.all), ...section('not', criteria(match.none)) };
  const own = {
    id,
    ...section('match', asked),
    ...(budget ? { budget: told(budget, limit) } : {}),
    ...(access ? accessTree(access) : {}),
    ...(maintenance ? { maintenance: maintenanceTree(maintenance) } : {}),
    ...(basicAuth ? { basic_auth: basicAuthTree(basicAuth) } : {}),
    ...(forwardAuth ? { forward_auth: authTree(forwardAuth) } : {}),
    ...(headers ? { headers: headerTree(headers) } : {}),
    ...(maxBody ? { max_body_size: told(maxBody, formatSize) } : {}),
    ...(compress ? { compress: told(compress) } : {}),
    ...(raw ? { raw: rawTree(raw) } : {}),
    ...(errorPages ? { error_pages: Object.fromEntries(errorPages.map((page) => [page.key, pageTree(page)])) } : {}),
  };
  switch (one.action) {
    case 'proxy': {
      const { pool: target, timeouts, retry, stream, flush, rewrite } = one;
      const words = { timeouts: timed(timeouts), retry: timed(retry), stream: told(stream), flush: told(flush) };
      return { ...own, ...rewriting(rewrite), upstream: target.name, ...words };
    }
    case 'respond': {
      const { status, body, type } = one;
      const said = body ? { body: told(body, formatValue), type: told(type) } : {};
      return { ...own, respond: { status: told(status), ...said } };
    }
    case 'redirect':
      return { ...own, redirect: { to: told(one.to, formatValue), status: told(one.status) } };
    case 'files': {
      const { root, index, fallback, browse, cache, rewrite } = one;
      const files = {
        root: told(root),
        index: told(index),
        ...(fallback ? { fallback: told(fallback) } : {}),
        browse: told(browse),
        ...(cache
          ? { cache: told(cache, (value) => (typeof value === 'string' ? value : formatDuration(value))) }
          : {}),
      };
      return { ...own, ...rewriting(rewrite), files };
    }
  }
}

function authTree(auth: ForwardAuth | 'none'): unknown {
  if (auth === 'none') return auth;
  const { asks, path, copied } = auth;
  const words = { timeouts: timed(asks.timeouts), retry: timed(asks.retry) };
  const headers = copied.length > 0 ? { copy_headers: copied.map((one) => told(one)) } : {};
  return { upstream: asks.pool.name, path: told(path), ...headers, ...words };
}

function accessTree({ allow, deny }: Access): Tree {
  return { ...(allow ? { allow: told(allow, networkList) } : {}), ...(deny ? { deny: told(deny, networkList) } : {}) };
}

function networkList(networks: readonly Network[]): string[] {
  return networks.map(({ written }) => written);
}

function maintenanceTree({ status, page, retryAfter, allow, flag }: Maintenance): Tree {
  return {
    status: told(status),
    ...(page ? { page: told(page) } : {}),
    ...(retryAfter ? { retry_after: told(retryAfter, formatDuration) } : {}),
    ...(allow ? { allow: told(allow, networkList) } : {}),
    ...(flag ? { flag: told(flag) } : {}),
  };
}

function basicAuthTree({ users, usersFile, realm, exceptClients, exceptPaths }: BasicAuth): Tree {
  const except = [...exceptPaths.map(pathText), ...networkList(exceptClients)];
  return {
    users: eachTold(Object.fromEntries(users)),
    ...(usersFile ? { users_file: told(usersFile) } : {}),
    realm: told(realm),
    ...(except.length > 0 ? { except } : {}),
  };
}

function pageTree(page: ErrorPage): Told | Tree {
  switch (page.action) {
    case 'file':
      return told(page.file);
    case 'respond': {
      const { status, body, type } = page;
      const said = body ? { body: told(body, formatValue), type: told(type) } : {};
      return { respond: { ...(status ? { status: told(status) } : {}), ...said } };
    }
    case 'redirect':
      return { redirect: { to: told(page.to, formatValue), status: told(page.status) } };
    case 'proxy': {
      const { pool, timeouts, retry } = page.asks;
      return { upstream: pool.name, timeouts: timed(timeouts), retry: timed(retry) };
    }
  }
}

function pathText({ kind, path }: PathMatch): string {
  return kind === 'exact' ? path : `${path}/*`;
}

function rawTree({ nginx, caddy }: Raw): Tree {
  return { ...(nginx ? { nginx: told(nginx) } : {}), ...(caddy ? { caddy: told(caddy) } : {}) };
}

function section(key: string, tree: Tree): Tree {
  return Object.keys(tree).length > 0 ? { [key]: tree } : {};
}

function criteria(list: Match['all']): Tree {
  const tree: Tree = {};
  for (const one of list) {
    if (one.kind === 'path') tree.path = one.paths.map(pathText);
    else if (one.kind === 'path_regex') tree.path_regex = told(one.pattern, ({ source }) => source);
    else if (one.kind === 'method') tree.method = one.methods.map((method) => told(method));
    else if (one.kind === 'host') tree.host = one.hosts.map((host) => told(host));
    else if (one.kind === 'client') tree.client = networkList(one.networks);
    else tree[one.kind] = { ...(tree[one.kind] as Tree | undefined), [one.name]: told(one.value) };
  }
  return tree;
}

function rewriting(rewrite: Rewrite | undefined): Tree {
  if (!rewrite) return {};
  if (rewrite.kind === 'fixed') return { rewrite: told(rewrite.to) };
  if (rewrite.kind !== 'pattern') return { [rewrite.kind]: told(rewrite.prefix) };
  const to = told(rewrite.to, (parts) => parts.map((part) => (typeof part === 'string' ? part : `{${part}}`)).join(''));
  return { rewrite: { regex: told(rewrite.pattern, ({ source }) => source), to } };
}

function headerTree({ request, response }: Headers): Tree {
  const byKind = (list: readonly HeaderChange[]): Tree => {
    const of = (kind: HeaderChange['kind']) => list.filter((change) => change.kind === kind);
    const values = (kind: 'set' | 'add'): Tree =>
      of(kind).length > 0
        ? { [kind]: Object.fromEntries(of(kind).map(({ name, given }) => [name, told(given, formatValue)])) }
        : {};
    const removed = of('remove').map(({ name, given }) => told(given, () => name));
    return { ...values('set'), ...values('add'), ...(removed.length > 0 ? { remove: removed } : {}) };
  };
  return {
    ...(request.length > 0 ? { request: byKind(request) } : {}),
    ...(response.length > 0 ? { response: byKind(response) } : {}),
  };
}
