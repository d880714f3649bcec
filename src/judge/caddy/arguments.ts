import { quoted } from '../../diagnostics/visible.ts';
import { atLeast, type Version } from '../../model/version.ts';
import { matcherOf } from './directives.ts';
import type { Token } from './lexer.ts';
import type { CaddyDirective } from './tree.ts';
import { parseCaddyDuration, parseCaddySize } from './units.ts';

/** What Caddy refuses, where, and what to write instead. */
export interface Mistake {
  readonly at: Token;
  readonly message: string;
  readonly help: string;
}

type Kind = 'any' | 'time' | 'pause' | 'whole' | 'size' | 'status' | 'pair' | 'proxied' | 'renegotiation' | 'idle';

/** How many words stand behind a name, and what they are. */
interface Shape {
  readonly least: number;
  readonly most: number;
  readonly kind: Kind;
}

const endless = Number.POSITIVE_INFINITY;

/** `time: a b` → each of these names has one time behind it; `any 1 3: a` → one to three words. */
function table(text: string): ReadonlyMap<string, Shape> {
  const rows = text.split('\n').flatMap((row) => {
    const [, kind = 'any', least = '1', most = least, names = ''] =
      /^\s*(\w+)(?: (\d+)(?: (\d+|\+))?)?: (.*)$/.exec(row) ?? [];
    const shape: Shape = { least: Number(least), most: most === '+' ? endless : Number(most), kind: kind as Kind };
    return names.split(' ').map((name) => [name, shape] as const);
  });
  return new Map(rows);
}

const ofProxy = table(`any 1 +: to dynamic transport
  time: lb_try_duration lb_try_interval fail_duration unhealthy_latency health_interval health_timeout stream_timeout stream_close_delay
  pause: flush_interval
  whole: lb_retries max_fails unhealthy_request_count health_port health_passes health_fails
  status 1 +: unhealthy_status
  status: health_status
  size: request_buffers response_buffers max_buffer_size
  any: health_uri health_path health_body health_method health_upstream health_request_body method rewrite
  any 0: buffer_requests buffer_responses verbose_logs health_follow_redirects
  any 1 3: header_up header_down
  any 1 2: replace_status
  any 0 1: handle_response`);

const ofTransport =
  table(`time: dial_timeout dial_fallback_delay response_header_timeout expect_continue_timeout read_timeout write_timeout tls_timeout keepalive_interval
  whole: keepalive_idle_conns keepalive_idle_conns_per_host max_conns_per_host
  size: read_buffer write_buffer max_response_header
  idle: keepalive
  renegotiation: tls_renegotiation
  proxied: proxy_protocol
  any: tls_server_name forward_proxy_url local_address
  any 0: tls tls_insecure_skip_verify
  any 1 2: tls_client_auth
  any 1 +: resolvers versions tls_trusted_ca_certs tls_except_ports`);

/** Behind the matcher, where there is one. */
const ofSite = table(`any 0: handle route abort
  any 1 2: redir error
  any 1: rewrite method root
  any 1 +: try_files
  any 2 +: uri map
  any 1 3: request_header
  any 0 2: respond tls
  any 0 1: file_server log`);

/** Those of `uri`, with the words behind them. */
const ofUri = table(`any: strip_prefix strip_suffix
  any 2 3: replace
  any 2: path_regexp
  any 1 +: query`);

/** Which requests: the words of a named matcher, and of \`lb_retry_match\`. */
const ofMatcher = table(`any 1 2: path_regexp
  any 2 3: header_regexp vars_regexp
  any 2 +: vars
  any 1: protocol
  pair 0 +: query`);

/** Which answers. */
const ofAnswer = table(`status 1 +: status`);

/** Where \`dynamic\` looks servers up. */
const lookups = table(`any 0 2: a
  any 0 1: srv
  any 0: multi`);
const ofLookup = table(`time: refresh dial_timeout dial_fallback_delay grace_period
  any: name port service proto
  any 1 +: resolvers versions`);

/** How many words each policy has behind its name; those of others, which a plugin may bring, are not known. */
const ofPolicy = table(`any 0: random least_conn round_robin first ip_hash client_ip_hash uri_hash
  whole: random_choose
  any 1 +: header query
  any 0 2: cookie
  whole 1 +: weighted_round_robin`);

/** Those whose block has settings of a proxy. */
const proxies = new Set(['reverse_proxy', 'forward_auth']);
/** Those whose block has handlers. */
const containers = new Set(['handle', 'handle_path', 'route', 'handle_errors', 'handle_response']);
/** Caddy takes the last of several lines, but for these. */
const once = new Set(['lb_policy', 'verbose_logs']);

/** What Caddy refuses of the words behind directives that are understood, at any depth. Those that come by a variable are not known. */
export function mistakesOf(directives: readonly CaddyDirective[], version: Version): Mistake[] {
  const named = directives.filter(({ name }) => name.startsWith('@'));
  const again = named.filter(({ name }, index) => named.findIndex((one) => one.name === name) < index);
  const twice = again.map(({ head }) => ({
    at: head,
    message: `${quoted(head.text)} is defined twice`,
    help: 'keep one',
  }));
  const others = directives.flatMap((directive) => {
    const { name, block = [] } = directive;
    if (name.startsWith('@')) return matcherLines(directive).flatMap(ofMatcherLine);
    if (name === 'uri') return ofUriWords(directive);
    if (name === 'redir') return redirectOf(directive);
    const own =
      name === 'handle_path' ? pathOf(directive) : shaped(directive, ofSite.get(name), wordsOf(directive, version));
    if (proxies.has(name)) return [...own, ...ofProxyBlock(directive, version)];
    if (name === 'tls') return [...own, ...issuerOf(directive)];
    return containers.has(name) ? [...own, ...mistakesOf(block, version)] : own;
  });
  return [...twice, ...others];
}

/** One word behind `tls` is an address of mail, or who issues certificates. */
function issuerOf({ args: [word, second] }: CaddyDirective): Mistake[] {
  if (!word || second || isUnknown(word) || /@|^(?:internal|force_automate)$/.test(word.text)) return [];
  return [{ at: word, message: `${quoted(word.text)} is no address of mail`, help: 'write `internal`, or both files' }];
}

/** Behind the matcher; what stands alone behind these two is what they are for. */
function wordsOf(directive: CaddyDirective, version: Version): readonly Token[] {
  const { name, args } = directive;
  const isAlone = args.length === 1 && (name === 'try_files' || (name === 'rewrite' && atLeast(version, '2.7')));
  return isAlone ? args : matcherOf(directive).args;
}

type Line = Pick<CaddyDirective, 'name' | 'head' | 'args' | 'block'>;

/** The matchers of a line, and of the block behind it; an expression may stand there without its name. */
function matcherLines({ args: [head, ...rest], block = [] }: Line): Line[] {
  return head && head.quote === '' ? [{ name: head.text, head, args: rest }, ...block] : [...block];
}

function ofMatcherLine(line: Line): Mistake[] {
  if (line.name === 'not') return matcherLines(line).flatMap(ofMatcherLine);
  return line.name === 'header' ? headerOf(line) : shaped(line, ofMatcher.get(line.name));
}

/** A field and what it is compared with; `!X`: there is none. */
function headerOf({ name, head, args }: Line): Mistake[] {
  if (args.some(isUnknown)) return [];
  const [field, value, extra] = args;
  if (!field) return [{ at: head, ...noValue(name) }];
  if (field.text.startsWith('!')) return [];
  if (!value)
    return [{ at: field, message: `${quoted(field.text)} has no value`, help: 'write one behind it, or `*` for any' }];
  return extra
    ? [
        {
          at: extra,
          message: `${quoted(extra.text)} is one word too many behind \`header\``,
          help: 'put words in quotes',
        },
      ]
    : [];
}

function redirectOf(directive: CaddyDirective): Mistake[] {
  const words = matcherOf(directive).args;
  const wrong = shaped(directive, ofSite.get('redir'), words);
  const code = words[1];
  if (wrong.length > 0 || !code || isUnknown(code)) return wrong;
  if (/^(?:3\d\d|401|temporary|permanent|html|\{.*)$/.test(code.text)) return [];
  return [
    {
      at: code,
      message: `${quoted(code.text)} is no redirect`,
      help: 'write permanent, temporary, html or a code such as 308',
    },
  ];
}

function ofUriWords(directive: CaddyDirective): Mistake[] {
  const [what, ...words] = matcherOf(directive).args;
  if (!what) return [{ at: directive.head, ...noValue(directive.name) }];
  const shape = ofUri.get(what.text);
  if (!shape && !isUnknown(what) && !what.text.includes('{')) {
    return [
      {
        at: what,
        message: `${quoted(what.text)} is nothing that is done to a path`,
        help: `there are ${[...ofUri.keys()].join(', ')}`,
      },
    ];
  }
  return shaped({ ...directive, name: what.text, head: what, args: words }, shape);
}

function pathOf({ args, head }: CaddyDirective): Mistake[] {
  const [path, second = head] = args;
  if (args.some(isUnknown) || (args.length === 1 && /^[/@{*]/.test(path?.text ?? ''))) return [];
  if (path && args.length === 1)
    return [{ at: path, message: `${quoted(path.text)} does not begin with a slash`, help: `write /${path.text}` }];
  return [{ at: second, message: '`handle_path` has one path', help: 'write one, such as /api/*' }];
}

function ofProxyBlock({ name: proxy, head: whole, block = [] }: CaddyDirective, version: Version): Mistake[] {
  const seen = new Set<string>();
  const names = new Set(block.map(({ name }) => name));
  const asks = proxy === 'forward_auth' && !names.has('uri') && !block.some(({ name }) => name.includes('{'));
  const lacking = asks
    ? [{ at: whole, message: '`forward_auth` has no `uri`', help: 'write the path that it asks' }]
    : [];
  const others = block.flatMap((directive): Mistake[] => {
    const { name, head, args } = directive;
    const again = once.has(name) && seen.has(name) && (name !== 'verbose_logs' || atLeast(version, '2.7'));
    seen.add(name);
    if (again) return [{ at: head, message: `\`${name}\` is there twice`, help: 'keep one of the two' }];
    if (name === 'lb_policy') return policyOf(directive);
    if (name === 'lb_retry_match') return matcherLines(directive).flatMap(ofMatcherLine);
    if (name.startsWith('@')) return matcherLines(directive).flatMap(ofAnswerLine);
    if (name === 'dynamic') return lookupOf(directive);
    if (name === 'handle_response') {
      const [matcher] = args;
      if (matcher && !/^[@{]/.test(matcher.text) && !isUnknown(matcher)) {
        return [
          {
            at: matcher,
            message: `${quoted(matcher.text)} is no named matcher`,
            help: 'define one, such as @errors, in this proxy',
          },
        ];
      }
      if (matcher?.text.startsWith('@') && !names.has(matcher.text) && !isUnknown(matcher)) {
        return [{ at: matcher, message: `there is no ${quoted(matcher.text)}`, help: 'define it in this proxy' }];
      }
      return [...shaped(directive, ofProxy.get(name)), ...mistakesOf(directive.block ?? [], version)];
    }
    if (name === 'transport') {
      const inner = args[0]?.text === 'http' ? (directive.block ?? []) : [];
      return [
        ...shaped(directive, ofProxy.get(name)),
        ...inner.flatMap((one) => shaped(one, ofTransport.get(one.name))),
      ];
    }
    // `uri` and `method` are words of `forward_auth` that are not those of a site.
    return proxy === 'forward_auth' && name === 'uri' ? [] : shaped(directive, ofProxy.get(name));
  });
  return [...lacking, ...others];
}

function ofAnswerLine(line: Line): Mistake[] {
  if (line.name === 'header') return headerOf(line);
  const shape = ofAnswer.get(line.name);
  if (shape || line.name.includes('{')) return shaped(line, shape);
  const message = `${quoted(line.name)} tells nothing about an answer`;
  return [{ at: line.head, message, help: 'there are `status` and `header`' }];
}

function lookupOf(directive: CaddyDirective): Mistake[] {
  const [kind, ...rest] = directive.args;
  if (!kind) return shaped(directive, ofProxy.get('dynamic'));
  return [
    ...shaped({ ...directive, name: kind.text, head: kind }, lookups.get(kind.text), rest),
    ...(directive.block ?? []).flatMap((line) => shaped(line, ofLookup.get(line.name))),
  ];
}

function policyOf(directive: CaddyDirective): Mistake[] {
  const [policy, ...rest] = directive.args;
  if (!policy) return shaped(directive, { least: 1, most: endless, kind: 'any' });
  return shaped({ ...directive, name: policy.text, head: policy }, ofPolicy.get(policy.text), rest);
}

function shaped({ name, head, args }: Line, shape: Shape | undefined, words = args): Mistake[] {
  if (!shape || args.some(isUnknown)) return [];
  const extra = words[shape.most];
  if (extra) {
    const message = `${quoted(extra.text)} is one word too many behind \`${name}\``;
    return [{ at: extra, message, help: shape.most === 0 ? 'take it out' : 'take it out, or put words in quotes' }];
  }
  if (words.length < shape.least) return [{ at: head, ...noValue(name) }];
  return words.flatMap((word) => refused(word, shape.kind) ?? []);
}

/** An environment variable, or a placeholder of an import that nothing was put in for. */
function isUnknown({ env, text }: Token): boolean {
  return env.length > 0 || /\{args[.[]/.test(text);
}

function refused(at: Token, kind: Kind): Mistake | undefined {
  const { text } = at;
  switch (kind) {
    case 'any':
      return undefined;
    case 'time':
      return parseCaddyDuration(text) === undefined ? { at, ...noTime(text) } : undefined;
    case 'pause':
      return parseCaddyDuration(text) === undefined && !/^-?\d+$/.test(text) ? { at, ...noTime(text) } : undefined;
    case 'idle':
      return parseCaddyDuration(text) === undefined && text !== 'off' ? { at, ...noTime(text) } : undefined;
    case 'pair':
      if (text.includes('=')) return undefined;
      return { at, message: `${quoted(text)} is no pair`, help: `write ${text}=VALUE, or ${text}=* for any` };
    case 'proxied':
      if (text === 'v1' || text === 'v2') return undefined;
      return { at, message: `${quoted(text)} is no version of it`, help: 'write v1 or v2' };
    case 'renegotiation':
      if (['never', 'once', 'freely'].includes(text)) return undefined;
      return { at, message: `${quoted(text)} is no way to renegotiate`, help: 'write never, once or freely' };
    case 'whole':
      return /^[+-]?\d{1,15}$/.test(text) ? undefined : { at, ...noNumber(text) };
    case 'size':
      if (parseCaddySize(text) !== undefined || text === 'unlimited') return undefined;
      return { at, message: `${quoted(text)} is no size`, help: 'write a number and its unit, such as 4KiB' };
    case 'status':
      if (/^(?:[+-]?\d{1,15}|\dxx)$/.test(text)) return undefined;
      return { at, message: `${quoted(text)} is no status`, help: 'write one such as 503, or 5xx' };
  }
}

export function noValue(name: string): Omit<Mistake, 'at'> {
  return { message: `${quoted(name)} has no value`, help: 'write one behind it' };
}

export function noTime(text: string): Omit<Mistake, 'at'> {
  const help = /^\d+$/.test(text) ? `write its unit: ${text}s` : 'write a number and its unit, such as 5s';
  return { message: `${quoted(text)} is no time`, help };
}

export function noNumber(text: string): Omit<Mistake, 'at'> {
  return { message: `${quoted(text)} is no whole number`, help: 'write one, such as 2' };
}
