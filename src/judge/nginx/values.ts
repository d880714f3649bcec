import { quoted } from '../../diagnostics/visible.ts';
import { atLeast, type Version } from '../../model/version.ts';
import type { Context, Kind } from './known.ts';
import type { Word } from './lexer.ts';
import type { Directive } from './parse.ts';
import { parseFlag, parseNumber, parseSize, parseTime } from './units.ts';

/** What is wrong with a value, and which word of the directive it is. */
export interface Wrong {
  readonly word?: Word;
  readonly message: string;
  readonly help?: string;
}

export interface Surroundings {
  readonly context: Context;
  /** The blocks around the directive, the outermost first. */
  readonly around: readonly Directive[];
  readonly version: Version;
}

const wholeTime = 'write whole numbers with units: `500ms`, `90s`, `1h 30m`; no fractions, no variables';
const wholeSeconds = 'write whole seconds: `90s`, `1h 30m`; no `ms`, no fractions, no variables';

const kinds: Partial<Record<Kind, (word: Word) => string | undefined>> = {
  flag: ({ text }) => (parseFlag(text) === undefined ? 'it must be `on` or `off`' : undefined),
  msec: ({ text }) => (parseTime(text, 'msec') === undefined ? wholeTime : undefined),
  sec: ({ text }) => (parseTime(text, 'sec') === undefined ? wholeSeconds : undefined),
  size: ({ text }) => (parseSize(text, 'size') === undefined ? 'write bytes, or `8k`, `1m`; no `g` here' : undefined),
  offset: ({ text }) => (parseSize(text, 'offset') === undefined ? 'write bytes, or `8k`, `1m`, `2g`' : undefined),
  number: ({ text }) => (parseNumber(text) === undefined ? 'write a whole number, without a sign' : undefined),
};

/** What a directive of a known kind, or with rules of its own, cannot have as arguments. */
export function wrongValue(directive: Directive, kind: Kind, surroundings: Surroundings): Wrong | undefined {
  const [first] = directive.args;
  const help = first && kinds[kind]?.(first);
  if (help) return { word: first, message: `${quoted(first.text)} is no value of "${directive.name}"`, help };
  if (kind === 'buffers') return buffers(directive);
  return (
    outsideBounds(directive, surroundings.context) ??
    unknownWord(directive, surroundings) ??
    own[surroundings.context]?.[directive.name]?.(directive, surroundings) ??
    anywhere[directive.name]?.(directive, surroundings)
  );
}

function buffers({ name, args: [count, size] }: Directive): Wrong | undefined {
  const help = 'write how many, and how large: `8 4k`';
  if (count && !parseNumber(count.text)) return { word: count, message: noValue(count, name), help };
  if (size && !parseSize(size.text, 'size')) return { word: size, message: noValue(size, name), help };
  return undefined;
}

function noValue(word: Word, name: string): string {
  return `${quoted(word.text)} is no value of "${name}"`;
}

const bounds: Readonly<Record<string, readonly [number, number]>> = {
  gzip_comp_level: [1, 9],
  limit_conn_status: [400, 599],
  limit_req_status: [400, 599],
};

function outsideBounds({ name, args: [word] }: Directive, context: Context): Wrong | undefined {
  const [least, most] = bounds[name] ?? [];
  if (least === undefined || most === undefined || !word || context.startsWith('stream')) return undefined;
  const value = Number(word.text);
  if (least <= value && value <= most) return undefined;
  return { word, message: `"${name}" must be between ${least} and ${most}` };
}

const upstreamErrors =
  'error timeout invalid_header http_500 http_502 http_503 http_504 http_403 http_404 http_429 off';
const staleCases =
  'error timeout invalid_header updating http_500 http_502 http_503 http_504 http_403 http_404 http_429 off';
const protocols = 'SSLv2 SSLv3 TLSv1 TLSv1.1 TLSv1.2 TLSv1.3';
const levels = 'info notice warn error';

/** The words that a directive knows; letter case does not matter. `1.29.4:2` is known from that release on. */
const words: Readonly<Record<string, string>> = {
  add_header_inherit: 'on off merge',
  add_trailer_inherit: 'on off merge',
  autoindex_format: 'html json jsonp xml',
  client_body_in_file_only: 'off on clean',
  fastcgi_cache_methods: 'GET HEAD POST',
  fastcgi_cache_use_stale: staleCases,
  fastcgi_next_upstream: `${upstreamErrors} non_idempotent updating`,
  grpc_next_upstream: `${upstreamErrors} non_idempotent`,
  grpc_ssl_protocols: protocols,
  gzip_http_version: '1.0 1.1',
  gzip_proxied: 'off expired no-cache no-store private no_last_modified no_etag auth any',
  gzip_static: 'off on always',
  if_modified_since: 'off exact before',
  keepalive_disable: 'none msie6 safari',
  limit_conn_log_level: levels,
  limit_req_log_level: levels,
  lingering_close: 'off on always',
  proxy_cache_methods: 'GET HEAD POST',
  proxy_cache_use_stale: staleCases,
  proxy_http_version: '1.0 1.1 1.29.4:2',
  proxy_next_upstream: `${upstreamErrors} non_idempotent updating`,
  proxy_ssl_protocols: protocols,
  satisfy: 'all any',
  server_tokens: 'off on build',
  ssl_ocsp: 'off on leaf',
  ssl_protocols: protocols,
  ssl_verify_client: 'off on optional optional_no_ca',
};

function unknownWord({ name, args }: Directive, { context, version }: Surroundings): Wrong | undefined {
  const known = words[name];
  if (known === undefined || (name === 'proxy_next_upstream' && context.startsWith('stream'))) return undefined;
  const allowed = known
    .split(' ')
    .map((word) => /^(?:([\d.]+):)?(.*)$/.exec(word) ?? [])
    .filter(([, since]) => since === undefined || atLeast(version, since))
    .map(([, , word = '']) => word);
  const lower = new Set(allowed.map((word) => word.toLowerCase()));
  const word = args.find(({ text }) => !lower.has(text.toLowerCase()));
  return (
    word && { word, message: noValue(word, name), help: `it knows ${allowed.map((one) => `\`${one}\``).join(', ')}` }
  );
}

type Own = (directive: Directive, surroundings: Surroundings) => Wrong | undefined;

const own: Partial<Record<Context, Readonly<Record<string, Own>>>> = {
  upstream: { server: peer, keepalive, random, hash },
  'stream-upstream': { server: peer, random, hash },
  server: { listen, location },
  location: { location },
};

const anywhere: Readonly<Record<string, Own>> = {
  error_page: errorPage,
  if: condition,
  limit_except: methods,
  proxy_pass: (directive, surroundings) =>
    surroundings.context.startsWith('stream') ? undefined : proxyPass(directive, surroundings),
  return: (directive, { context }) => (context.startsWith('stream') ? undefined : returns(directive)),
  rewrite: ({ args: [, , flag] }) =>
    flag && !['last', 'break', 'redirect', 'permanent'].includes(flag.text)
      ? { word: flag, message: badParameter(flag), help: 'use `last`, `break`, `redirect` or `permanent`' }
      : undefined,
  set: ({ args: [name] }) =>
    name && !/^\$./.test(name.text)
      ? { word: name, message: `${quoted(name.text)} is no name of a variable`, help: 'write a `$` and a name' }
      : undefined,
};

function badParameter(word: Word): string {
  return `${quoted(word.text)} is no parameter here`;
}

/** `server` of an upstream: what of its parameters nginx refuses. Those of the commercial edition are not there. */
function peer({ args: [address, ...parameters] }: Directive, { context, version }: Surroundings): Wrong | undefined {
  if (address && !address.text.startsWith('unix:') && /^[a-z][a-z0-9+.-]*:\/\//i.test(address.text)) {
    return { word: address, message: `${quoted(address.text)} is no address`, help: 'write host and port, no scheme' };
  }
  if (address?.text.includes('/') && !address.text.startsWith('unix:')) {
    return { word: address, message: `${quoted(address.text)} is no address`, help: 'write host and port, no path' };
  }
  const port = address && portOf(address.text);
  if (address && port !== undefined && !validPort(port)) {
    return { word: address, message: `${quoted(port)} is no port`, help: 'a port is a number from 1 to 65535' };
  }
  for (const word of parameters) {
    const [, name = '', value] = /^([a-z_]+)(?:=(.*))?$/s.exec(word.text) ?? [];
    const test = (value === undefined ? flags : settings).get(name);
    const release = typeof test === 'string' ? test : undefined;
    if (test === undefined) return { word, message: badParameter(word), ...commercial(name) };
    if (release && !atLeast(version, release))
      return { word, message: badParameter(word), help: `it is new in ${release}` };
    if (typeof test === 'function' && !test(value ?? '')) {
      return { word, message: badParameter(word), help: `${name} cannot be ${quoted(value ?? '')}: ${hints[name]}` };
    }
    if (name === 'drain' && context !== 'upstream') return { word, message: badParameter(word) };
  }
  return undefined;
}

/** What a peer may have: a test of the value, or the release that brought it. */
type Parameters = ReadonlyMap<string, string | ((value: string) => boolean)>;
const flags: Parameters = new Map(
  Object.entries({ backup: () => true, down: () => true, resolve: '1.27.3', drain: '1.29.6' }),
);
const settings: Parameters = new Map(
  Object.entries({
    weight: (value: string) => (parseNumber(value) ?? 0) > 0,
    max_conns: (value: string) => parseNumber(value) !== undefined,
    max_fails: (value: string) => parseNumber(value) !== undefined,
    fail_timeout: (value: string) => parseTime(value, 'sec') !== undefined,
    service: '1.27.3',
    route: '1.29.6',
  }),
);
const hints: Readonly<Record<string, string>> = {
  weight: 'write a whole number from 1',
  max_conns: 'write a whole number',
  max_fails: 'write a whole number',
  fail_timeout: wholeSeconds,
};

function commercial(name: string): { help?: string } {
  return name === 'slow_start' ? { help: 'only the commercial edition of nginx has it' } : {};
}

/** The port of `host:port` and `[v6]:port`, where one is written. */
function portOf(address: string): string | undefined {
  return /^(?:unix:|[^[]*:[^:]*:)/.test(address) ? undefined : /^(?:\[[^\]]*\]|[^:[]*):([^/]*)$/s.exec(address)?.[1];
}

function validPort(text: string): boolean {
  const port = parseNumber(text);
  return port !== undefined && port >= 1 && port <= 65535;
}

function keepalive({ name, args: [count, local] }: Directive, { version }: Surroundings): Wrong | undefined {
  const zero = atLeast(version, '1.29.7');
  const number = count && parseNumber(count.text);
  if (count && (number === undefined || (number === 0 && !zero))) {
    const help = zero ? 'write how many connections each worker keeps' : 'write at least 1; 0 is new in 1.29.7';
    return { word: count, message: noValue(count, name), help };
  }
  if (local && !(zero && local.text === 'local')) {
    return { word: local, message: badParameter(local), ...(zero ? {} : { help: '`local` is new in 1.29.7' }) };
  }
  return undefined;
}

function random({ args: [two, method] }: Directive, { version }: Surroundings): Wrong | undefined {
  if (two && two.text !== 'two') return { word: two, message: badParameter(two), help: 'only `two` can follow' };
  const least = method?.text === 'least_conn' || /^least_time=/.test(method?.text ?? '');
  if (method && (!least || (method.text !== 'least_conn' && !atLeast(version, '1.31.0'))))
    return { word: method, message: badParameter(method), help: 'only `least_conn` can follow' };
  return undefined;
}

function hash({ args: [, consistent] }: Directive): Wrong | undefined {
  if (!consistent || consistent.text === 'consistent') return undefined;
  return { word: consistent, message: badParameter(consistent), help: 'only `consistent` can follow the key' };
}

const listenFlags = new Set(
  'default default_server bind deferred ssl http2 spdy proxy_protocol reuseport quic multipath'.split(' '),
);
const listenSettings = /^(?:backlog|rcvbuf|sndbuf|setfib|fastopen|accept_filter|ipv6only|so_keepalive)=/;

function listen({ args: [address, ...parameters] }: Directive): Wrong | undefined {
  const text = address?.text ?? '';
  const port = /^\d+$/.test(text) ? text : portOf(text);
  if (address && port !== undefined && !validPort(port)) {
    return { word: address, message: `${quoted(port)} is no port`, help: 'a port is a number from 1 to 65535' };
  }
  const word = parameters.find(({ text: one }) => !listenFlags.has(one) && !listenSettings.test(one));
  return word && { word, message: badParameter(word) };
}

/** How a location is matched. */
export type LocationMatch = 'prefix' | 'exact' | 'priority' | 'regex' | 'insensitive regex' | 'named';

const modifiers: readonly (readonly [string, LocationMatch])[] = [
  ['=', 'exact'],
  ['^~', 'priority'],
  ['~*', 'insensitive regex'],
  ['~', 'regex'],
  ['@', 'named'],
];

/** What a `location` matches; its modifier may be written apart or not. Nothing when the modifier is none. */
export function locationOf({ args: [first, second] }: Directive): { match: LocationMatch; path: string } | undefined {
  if (!first) return undefined;
  if (second) {
    const match = modifiers.find(([modifier]) => modifier === first.text && modifier !== '@')?.[1];
    return match && { match, path: second.text };
  }
  const [modifier = '', match = 'prefix'] = modifiers.find(([start]) => first.text.startsWith(start)) ?? [];
  return { match, path: match === 'named' ? first.text : first.text.slice(modifier.length) };
}

function location(directive: Directive, { around }: Surroundings): Wrong | undefined {
  const [first, last = first] = directive.args;
  const here = locationOf(directive);
  if (!here) {
    return {
      ...(first ? { word: first } : {}),
      message: `${quoted(first?.text ?? '')} is no modifier of a location`,
      help: 'use `=`, `^~`, `~` or `~*`',
    };
  }
  const parent = around.findLast(({ name }) => name === 'location' || name === 'server');
  const outer = parent?.name === 'location' ? locationOf(parent) : undefined;
  if (!outer || !last) return undefined;
  const says = (message: string): Wrong => ({ word: last, message: `location ${quoted(here.path)} ${message}` });
  if (outer.match === 'exact') return says(`cannot be inside of the exact location ${quoted(outer.path)}`);
  if (outer.match === 'named') return says(`cannot be inside of the named location ${quoted(outer.path)}`);
  if (here.match === 'named') return says('has a name, and can only be directly in a server');
  if (!here.match.endsWith('regex') && !here.path.startsWith(outer.path))
    return says(`is outside of location ${quoted(outer.path)}, in which it stands`);
  return undefined;
}

function errorPage({ args }: Directive): Wrong | undefined {
  const codes = args.slice(0, -1).filter(({ text }, index) => !(text.startsWith('=') && index === args.length - 2));
  const word = codes.find(
    ({ text }) => !/^\d+$/.test(text) || Number(text) < 300 || Number(text) > 599 || text === '499',
  );
  return (
    word && { word, message: `${quoted(word.text)} is no status of an error`, help: 'from 300 to 599, but not 499' }
  );
}

function returns({ args: [code, text] }: Directive): Wrong | undefined {
  if (!code) return undefined;
  const number = parseNumber(code.text);
  if (number !== undefined && number <= 999) return undefined;
  if (!text && /^(?:https?:\/\/|\$scheme)/.test(code.text)) return undefined;
  return {
    word: code,
    message: `${quoted(code.text)} is no status`,
    help: 'write a status first; a URL alone must begin with http://, https:// or $scheme',
  };
}

const methodNames = new Set(
  'GET HEAD POST PUT DELETE MKCOL COPY MOVE OPTIONS PROPFIND PROPPATCH LOCK UNLOCK PATCH'.split(' '),
);

function methods({ args }: Directive): Wrong | undefined {
  const word = args.find(({ text }) => !methodNames.has(text.toUpperCase()));
  return (
    word && { word, message: `${quoted(word.text)} is no method here`, help: `it knows ${[...methodNames].join(', ')}` }
  );
}

const uriPart = 'a regular expression, a named location, `if` and `limit_except`';

function proxyPass({ args: [url] }: Directive, { around, context }: Surroundings): Wrong | undefined {
  if (!url || url.text.includes('$')) return undefined;
  const [, rest] = /^https?:\/\/(.*)$/is.exec(url.text) ?? [];
  if (rest === undefined) {
    return { word: url, message: `${quoted(url.text)} is no URL`, help: 'begin with http:// or https://' };
  }
  const authority = rest.split('/', 1)[0] ?? '';
  const socket = rest.startsWith('unix:');
  if (!socket && /^(?::|$)/.test(authority)) {
    return { word: url, message: `${quoted(url.text)} has no host`, help: 'name a host or an upstream' };
  }
  const port = socket ? undefined : portOf(authority);
  if (port !== undefined && !validPort(port)) {
    return { word: url, message: `${quoted(port)} is no port`, help: 'a port is a number from 1 to 65535' };
  }
  const hasUri = socket ? rest.indexOf(':', 5) > 0 : rest.length > authority.length;
  const parent = around.findLast(({ name }) => name === 'location');
  const match = parent && locationOf(parent)?.match;
  const noUri = context !== 'location' || match === 'named' || match?.endsWith('regex');
  if (!hasUri || !noUri) return undefined;
  return {
    word: url,
    message: `"proxy_pass" cannot have a path here`,
    help: `in ${uriPart} nginx does not know what to replace: leave the path out`,
  };
}

/** `if (…)`: what nginx refuses of a condition. */
function condition({ args }: Directive): Wrong | undefined {
  const help = 'write `($variable)`, `($variable = value)`, `($variable ~ regex)` or `(-f file)`';
  const invalid = (word: Word | undefined): Wrong => ({
    ...(word ? { word } : {}),
    message: `${quoted(word?.text ?? '')} is no condition`,
    help,
  });
  const [first] = args;
  const last = args.at(-1);
  if (!first?.text.startsWith('(')) return invalid(first);
  if (!last?.text.endsWith(')') || (args.length === 1 && first.text.length < 2)) return invalid(last);
  const parts = args.map(({ text }, index) => {
    const opened = index === 0 ? text.slice(1) : text;
    return index === args.length - 1 ? opened.slice(0, -1) : opened;
  });
  if (first.text === '(') parts.shift();
  if (last.text === ')' && args.length > 1) parts.pop();
  const [subject = '', operator] = parts;
  const word = args[first.text === '(' ? 1 : 0];
  if (/^\$./s.test(subject)) {
    if (parts.length !== 1 && parts.length !== 3) return invalid(word);
    const known = operator === undefined || ['=', '!=', '~', '~*', '!~', '!~*'].includes(operator);
    return known ? undefined : { message: `${quoted(operator)} compares nothing in a condition`, help };
  }
  return /^!?-[fdex]$/.test(subject) && parts.length === 2 ? undefined : invalid(word);
}
