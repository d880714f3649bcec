import { isSayableSize } from '../../model/size.ts';
import { tls12Ciphers } from '../../model/tls-profiles.ts';
import { shownLine, type Unsaid } from '../judged.ts';
import { effective, own } from './inherit.ts';
import { type Directive, flatten } from './parse.ts';
import { innermost, isChallenge, type Redirects } from './redirects.ts';
import { publicLocations } from './routes.ts';
import { type Location, placeOf, type Server, type World } from './servers.ts';
import { parseSize } from './units.ts';
import { isForUpgrades } from './upgrades.ts';

/** What `import` says in words of a topology, or tells of where it does not. */
const said = new Set(
  `server listen server_name location upstream include internal satisfy
  ssl_certificate ssl_certificate_key ssl_protocols ssl_verify_client ssl_client_certificate ssl_crl ssl_ocsp acme_certificate
  proxy_pass proxy_connect_timeout proxy_send_timeout proxy_read_timeout proxy_next_upstream proxy_next_upstream_tries
  proxy_next_upstream_timeout proxy_http_version proxy_buffering proxy_set_header proxy_hide_header add_header
  fastcgi_pass uwsgi_pass scgi_pass grpc_pass memcached_pass
  proxy_ssl_verify proxy_ssl_verify_depth proxy_ssl_trusted_certificate proxy_ssl_name proxy_ssl_server_name`.split(
    /\s+/,
  ),
);

/** How the program works, not what a request gets: a topology leaves it to its target. */
const machinery = new RegExp(
  `^(?:${[
    'access_log|error_log|log_format|log_not_found|log_subrequest|open_log_file_cache|server_tokens|sendfile.*|tcp_nopush|tcp_nodelay|aio.*|directio.*',
    'types|default_type|.*_hash_.*size|map|geo|split_clients|limit_(?:req|conn)_zone|proxy_cache_path|output_buffers|postpone_output',
    'keepalive_.*|send_timeout|client_(?:header|body)_(?:timeout|buffer_size|temp_path|in_file_only|in_single_buffer)|large_client_header_buffers',
    'lingering_.*|reset_timedout_connection|open_file_cache.*|resolver.*|connection_pool_size|request_pool_size|etag|read_ahead|max_headers',
    'proxy_(?:buffers|buffer_size|busy_buffers_size|temp_.*|max_temp_file_size|headers_hash.*|socket_keepalive|ssl_session_reuse)',
    'ssl_(?:session_.*|prefer_server_ciphers|dhparam|ecdh_curve|conf_command|buffer_size|stapling.*|trusted_certificate|verify_depth|early_data|reject_handshake|password_file)',
    'ssl|http2.*|http3.*|quic.*|stub_status|fastcgi_.*|uwsgi_.*|scgi_.*|grpc_.*|memcached_.*',
  ].join('|')})$`,
);

interface Known {
  /** Those that are routes of the topology. */
  readonly routed: ReadonlySet<Location>;
  /** What is told of already. */
  readonly told: ReadonlySet<Directive>;
  readonly redirects: Redirects;
}

/** Everything in the files that changes what a request gets, and that no word of the imported topology says. */
export function leftOf(world: World, { routed, told, redirects }: Known): Unsaid[] {
  const left: Unsaid[] = [];
  const tell = (directive: Directive, what: string): void => {
    if (!told.has(directive)) left.push({ place: placeOf(world, directive), what });
  };
  const passes = [...routed].flatMap(({ scopes }) =>
    effective(scopes, 'proxy_pass').map(({ args }) => args[0]?.text ?? ''),
  );
  const walk = (directives: readonly Directive[]): void => {
    for (const directive of flatten(directives)) {
      if (said.has(directive.name) || machinery.test(directive.name) || isOurs(directive, world, passes)) continue;
      tell(directive, shownLine(directive.name, directive.args));
    }
  };
  const asking = world.servers.filter(({ locations, rest }) => [...locations.all, rest].some((one) => routed.has(one)));
  const known = new Set(asking.flatMap(({ names }) => names.slice(0, 1).map(({ text }) => text.toLowerCase())));
  const isTold = (name: string | undefined): boolean => name !== undefined && (name === '$host' || known.has(name));
  for (const block of world.http) walk(block);
  for (const server of world.servers) {
    const { all } = server.locations;
    const reached = new Set(publicLocations(server));
    if (!asking.includes(server)) {
      const implied = isRefusal(server) || isTold(redirects.to(server));
      if (server.directive && !implied) tell(server.directive, `${nameOf(server)}: nginx answers by itself`);
      continue;
    }
    if (server.block !== world.http[0]) walk(server.block);
    for (const location of all) {
      const { directive } = location;
      if (!directive) continue;
      const block = innermost(location);
      const code = own(block, 'return')?.[0]
        ?.args.map(({ text }) => text)
        .join(' ');
      if (routed.has(location)) walk(block);
      // What no route takes is answered with 404 by a topology, too.
      else if (reached.has(location) && !isChallenge(location) && !(location.path === '/' && code === '404')) {
        tell(directive, `${shownLine(directive.name, directive.args)}: nginx answers by itself`);
      }
    }
  }
  return left;
}

/** What a topology means without a word. */
function isOurs(directive: Directive, world: World, passes: readonly string[]): boolean {
  const words = directive.args.map(({ text }) => text);
  switch (directive.name) {
    case 'client_max_body_size': {
      const size = parseSize(words[0] ?? '', 'offset');
      return size === 0 || (size !== undefined && isSayableSize(size));
    }
    case 'ssl_ciphers':
      // Those of the profiles.
      return words[0] === tls12Ciphers.join(':');
    case 'proxy_ssl_protocols':
      return words.join(' ') === 'TLSv1.2 TLSv1.3';
    case 'underscores_in_headers':
    case 'proxy_force_ranges':
    case 'proxy_redirect':
      return words[0] === 'off';
    case 'proxy_ignore_headers':
      return words.every((word) => /^x-accel-/i.test(word));
    case 'set':
      // Who is asked is said by the pool.
      return passes.some((url) => url.includes(words[0] ?? '$'));
    case 'if':
      return (
        isForUpgrades(directive, world) || ['($edge_same_name = 0)', '($edge_other_name)'].includes(words.join(' '))
      );
    default:
      return false;
  }
}

/** What a topology refuses anyway: names that nobody has. */
function isRefusal({ block, names, locations }: Server): boolean {
  if (own(block, 'ssl_reject_handshake')) return true;
  const blocks = own(block, 'return') ? [block] : locations.all.filter((one) => !isChallenge(one)).map(innermost);
  const codes = blocks.map((one) => own(one, 'return')?.[0]?.args[0]?.text ?? '');
  return !names.some(({ text }) => text !== '_' && text !== '') && codes.every((code) => /^4\d\d$/.test(code));
}

function nameOf({ names }: Server): string {
  return `\`server\`${names.length > 0 ? ` of ${names.map(({ text }) => text).join(' ')}` : ''}`;
}
