import { type Criterion, isPathOnly } from '../model/match.ts';
import type { Route, Topology } from '../model/topology.ts';
import type { Use } from './portability.ts';

/** What the matches and the actions of routes ask of a target. */
export function matchUses({ sites, edge }: Topology): Use[] {
  const trusts = edge.trusted_proxies.value.length > 0;
  return sites.flatMap(({ routes }) => routes.flatMap((route) => routeUses(route, trusts)));
}

function routeUses(route: Route, trusts: boolean): Use[] {
  const { all, none } = route.match;
  const asked = [...all, ...none].flatMap((criterion) => criterionUses(criterion, trusts));
  asked.push(...gateUses(route, trusts));
  if (route.action !== 'proxy' && route.action !== 'files') return asked;
  const { rewrite } = route;
  const cut =
    rewrite?.kind === 'strip_prefix' ? rewrite.prefix : rewrite?.kind === 'pattern' ? rewrite.pattern : undefined;
  const anew =
    route.action === 'proxy' && route.pool.protocol.value === 'grpc' && (rewrite || !isPathOnly(route.match));
  return [
    ...asked,
    ...(anew
      ? [
          {
            capability: 'protocol.grpc.path',
            at: route.at,
            what: 'a path that is sent to gRPC servers as it came',
          } as const,
        ]
      : []),
    ...(cut ? [{ capability: 'rewrite.odd', at: cut.at, what: 'cutting a path that is spelt oddly' } as const] : []),
    ...(route.action === 'files' && route.browse.value
      ? [{ capability: 'files.browse', at: route.browse.at, what: '`browse`' } as const]
      : []),
  ];
}

function gateUses({ access, maintenance, basicAuth, forwardAuth, maxBody }: Route, trusts: boolean): Use[] {
  const except = basicAuth?.exceptClients[0];
  const byClient = [
    ...[access?.deny, access?.allow].flatMap((list) => (list ? [{ at: list.at, what: '`allow` and `deny`' }] : [])),
    ...(maintenance?.allow ? [{ at: maintenance.allow.at, what: '`maintenance.allow`' }] : []),
    ...(except ? [{ at: except.at, what: '`basic_auth.except`' }] : []),
  ];
  const auth = forwardAuth && forwardAuth !== 'none' ? forwardAuth.path : undefined;
  const first = access?.deny ?? access?.allow ?? maintenance ?? basicAuth ?? auth;
  const status = access ? 403 : maintenance ? maintenance.status.value : 401;
  return [
    ...(trusts ? byClient.map((use): Use => ({ capability: 'trusted_proxies.client', ...use })) : []),
    ...(first && maxBody ? [{ capability: 'gate.body', at: first.at, what: `${status} before 413` } as const] : []),
  ];
}

function criterionUses(criterion: Criterion, trusts: boolean): Use[] {
  if (criterion.kind === 'client') {
    const [first] = criterion.networks;
    return first && trusts ? [{ capability: 'trusted_proxies.client', at: first.at, what: '`client`' }] : [];
  }
  if (criterion.kind !== 'header') return [];
  return [{ capability: 'match.header.repeated', at: criterion.value.at, what: 'a header that is sent several times' }];
}
