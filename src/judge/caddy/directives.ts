import { atLeast, type Version } from '../../model/version.ts';
import type { Token } from './lexer.ts';
import type { CaddyDirective } from './tree.ts';

/**
 * The order in which Caddy puts the handlers of a block that is not a `route`, whatever order they are written in. With
 * the release that brought them, where 2.6 did not have them.
 */
const order: readonly (string | readonly [name: string, since: string])[] = [
  'tracing',
  'map',
  'vars',
  ['fs', '2.8'],
  'root',
  ['log_append', '2.8'],
  'skip_log',
  ['log_skip', '2.8'],
  ['log_name', '2.8'],
  'header',
  'copy_response_headers',
  'request_body',
  'redir',
  'method',
  'rewrite',
  'uri',
  'try_files',
  'basicauth',
  ['basic_auth', '2.8'],
  'forward_auth',
  'request_header',
  'encode',
  'push',
  ['intercept', '2.8'],
  'templates',
  ['invoke', '2.7'],
  'handle',
  'handle_path',
  'route',
  'abort',
  'error',
  'copy_response',
  'respond',
  'metrics',
  'reverse_proxy',
  'php_fastcgi',
  'file_server',
  'acme_server',
];

/** What a site may have besides: these are no handlers, and have no place in the order. */
const besides = ['bind', 'tls', 'log', 'handle_errors'];

const options: readonly (string | readonly [name: string, since: string])[] = [
  ...`acme_ca acme_ca_root acme_dns acme_eab admin auto_https cert_issuer debug default_bind default_sni email events
  grace_period http_port https_port key_type local_certs log ocsp_interval ocsp_stapling on_demand_tls order pki
  preferred_chains renew_interval servers shutdown_delay skip_install_trust storage storage_clean_interval`.split(
    /\s+/,
  ),
  ...`cert_lifetime dns ech fallback_sni filesystem metrics persist_config renewal_window_ratio storage_check
  tls_resolvers`
    .split(/\s+/)
    // Each came with a release of its own; all that matters is that 2.6 has none of them.
    .map((name) => [name, '2.7'] as const),
];

function inVersion(names: typeof order, version: Version): string[] {
  return names.flatMap((name) => {
    if (typeof name === 'string') return [name];
    return atLeast(version, name[1]) ? [name[0]] : [];
  });
}

/** The default order of handlers. The option `order` and `route` blocks change it; that is for who applies it. */
export function directiveOrder(version: Version): readonly string[] {
  return inVersion(order, version);
}

/** The directives that a site may have without plugins. */
export function standardDirectives(version: Version): ReadonlySet<string> {
  return new Set([...inVersion(order, version), ...besides]);
}

/** The global options that there are without plugins. */
export function standardOptions(version: Version): ReadonlySet<string> {
  return new Set(inVersion(options, version));
}

/** What a handler is limited to: every request, those of a path, or those of a matcher by name. */
export interface Matcher {
  readonly kind: 'all' | 'path' | 'named';
  readonly token: Token;
}

/** The first argument of a handler is a matcher when it is `*` or begins with `/` or `@`; the others are its arguments. */
export function matcherOf({ args }: CaddyDirective): { matcher?: Matcher; args: readonly Token[] } {
  const [token, ...rest] = args;
  const kind =
    token?.text === '*'
      ? 'all'
      : token?.text.startsWith('/')
        ? 'path'
        : token?.text.startsWith('@')
          ? 'named'
          : undefined;
  return token && kind ? { matcher: { kind, token }, args: rest } : { args };
}
