import { counted } from '../../diagnostics/counted.ts';
import { quoted } from '../../diagnostics/visible.ts';
import { type Address, formatAddress } from '../../model/address.ts';
import { milliseconds } from '../../model/duration.ts';
import type { Given } from '../../model/topology.ts';
import { atLeast } from '../../model/version.ts';
import type { CaddyPolicy, ReverseProxy } from '../../targets/caddy/directives.ts';
import { matcherOf } from './directives.ts';
import type { Notes } from './notes.ts';
import { retryMatches } from './retry-match.ts';
import { type Line, lineOf, mistake, only, puzzle, type Reading, time, unmeasured, whole } from './settings.ts';
import { transportOf } from './transport.ts';
import type { CaddyDirective } from './tree.ts';
import { parseUpstream, type Scheme } from './upstreams.ts';

/** A `reverse_proxy` or `forward_auth`, read. */
export interface ReadProxy {
  readonly directive: CaddyDirective;
  readonly proxy: ReverseProxy;
  /** Why its wait is not known; empty: it is. */
  readonly reasons: readonly string[];
  readonly assumptions: readonly string[];
  /** What a topology would say otherwise. */
  readonly unlike: Reading['unlike'];
  /** The blocks `handle_response`. */
  readonly responses: readonly CaddyDirective[];
  /** The servers as they are written. */
  readonly upstream: string;
}

/** Subdirectives that do not touch waiting. */
const harmless = new Set(
  `header_up header_down method rewrite trusted_proxies verbose_logs stream_timeout stream_close_delay stream_buffer_size
  stream_logs replace_status health_headers health_method health_request_body health_body health_follow_redirects
  health_upstream buffer_requests max_buffer_size`.split(/\s+/),
);
const ofForwardAuth = new Set(['uri', 'copy_headers']);

const policies: Readonly<Record<string, CaddyPolicy>> = {
  random: 'random',
  random_choose: 'random',
  least_conn: 'least_conn',
  round_robin: 'round_robin',
  weighted_round_robin: 'weighted_round_robin',
  first: 'first',
  ip_hash: 'hash',
  client_ip_hash: 'hash',
  uri_hash: 'hash',
  query: 'hash',
  header: 'hash',
  cookie: 'hash',
};
/** Those that 2.6 did not have. */
const newPolicies = ['client_ip_hash', 'query', 'weighted_round_robin'];

export function readProxy(directive: CaddyDirective, notes: Notes): ReadProxy {
  const reading: Reading = { notes, reasons: [], assumptions: [], unlike: [] };
  const lines = (directive.block ?? []).filter(({ name }) => !name.startsWith('@')).map((one) => lineOf(one, reading));
  for (const { directive: one } of lines) known(one, directive, reading);
  const last = (name: string): Line | undefined => lines.findLast((line) => line.directive.name === name);
  const named = [lineOf({ ...directive, args: matcherOf(directive).args }, reading), ...all(lines, 'to')];
  const servers = serversOf(named, reading);
  const transport = transportOf(last('transport')?.directive, directive, reading);
  const dynamic = last('dynamic');
  const flush = last('flush_interval');
  const flushed =
    // A bare number counts nanoseconds; below zero nothing is held back.
    flush &&
    (/^-?\d+$/.test(flush.words[0]?.text ?? '')
      ? notes.given(milliseconds(flush.words[0]?.text.startsWith('-') ? -1 : 0), flush.words[0]?.at ?? directive.head)
      : time(reading, flush));
  const { scheme } = servers;
  if (servers.list.length === 0 && !dynamic && reading.reasons.length === 0) {
    puzzle(reading, directive.head, 'it names no server', 'it names no server: every request is answered with 503');
  }
  const proxy: ReverseProxy = {
    pool: servers.written || 'nobody',
    servers: dynamic ? [] : servers.list,
    ...(dynamic ? { lookup: lookupOf(dynamic, reading) } : {}),
    balance: balanceOf(last('lb_policy'), servers.list.length, reading),
    ...policyOf(last('lb_policy')),
    ...retriesOf(lines, directive, reading),
    ...passiveOf(lines, directive, reading),
    ...(dynamic ? {} : activeOf(lines, directive, reading)),
    ...transport,
    ...(scheme === 'https' ? { tls: transport.tls ?? {} } : {}),
    ...(scheme === 'h2c' ? { h2c: true } : {}),
    ...(flushed ? { flush: flushed } : {}),
    ...(last('request_buffers') ? { keepsBody: true } : {}),
  };
  return {
    directive,
    proxy,
    reasons: reading.reasons,
    assumptions: reading.assumptions,
    unlike: reading.unlike,
    responses: lines.filter((line) => line.directive.name === 'handle_response').map((line) => line.directive),
    upstream: servers.written || (dynamic ? `dynamic ${dynamic.words.map(({ text }) => text).join(' ')}` : 'nobody'),
  };
}

function all(lines: readonly Line[], name: string): Line[] {
  return lines.filter(({ directive }) => directive.name === name);
}

const understood = new Set(
  `to dynamic transport flush_interval request_buffers response_buffers buffer_responses handle_response lb_policy lb_retries
  lb_try_duration lb_try_interval lb_retry_match fail_duration max_fails unhealthy_status unhealthy_latency
  unhealthy_request_count health_uri health_path health_port health_interval health_timeout health_status health_passes
  health_fails`.split(/\s+/),
);
const since: Readonly<Record<string, string>> = {
  request_buffers: '2.7',
  response_buffers: '2.7',
  stream_timeout: '2.7',
  stream_close_delay: '2.7',
  verbose_logs: '2.7',
  health_passes: '2.8',
  health_fails: '2.8',
  health_follow_redirects: '2.8',
  health_upstream: '2.9',
  health_method: '2.9',
  health_request_body: '2.9',
};

function known({ name, head }: CaddyDirective, { name: proxy }: CaddyDirective, reading: Reading): void {
  const release = since[name];
  if (release !== undefined && !atLeast(reading.notes.version, release)) {
    mistake(
      reading,
      head,
      `\`${name}\` is new in Caddy ${release}`,
      'leave it out, or judge the file for that version',
    );
  } else if (understood.has(name) || harmless.has(name) || (proxy === 'forward_auth' && ofForwardAuth.has(name)))
    return;
  else if (name.includes('{$')) reading.reasons.push(`what ${quoted(name)} brings is not known`);
  else puzzle(reading, head, `${quoted(name)} is not known as a setting of \`${proxy}\``);
}

/** More than anybody has. */
const mostServers = 1000;

interface Servers {
  readonly list: readonly Given<Address>[];
  readonly scheme?: Scheme;
  /** As they are written. */
  readonly written: string;
}

function serversOf(lines: readonly Line[], reading: Reading): Servers {
  const { notes } = reading;
  const list = new Map<string, Given<Address>>();
  const words = lines.flatMap((line) => line.words);
  let scheme: Scheme | undefined;
  let count = 0;
  for (const { text, at, unknown } of words) {
    if (count > mostServers) {
      puzzle(reading, at, `more than ${mostServers} servers`, `more than ${mostServers} servers are not judged`);
      break;
    }
    if (unknown !== undefined) {
      reading.reasons.push(`the servers are what the environment variable ${unknown} says`);
      continue;
    }
    const upstream = parseUpstream(text);
    switch (upstream.kind) {
      case 'placeholder':
        puzzle(reading, at, `${quoted(text)} is another server for each request`);
        break;
      case 'path':
        notes.tell('error', 'caddy-always-fails', at, {
          message: `${quoted(text)} has a path and no scheme: every request is answered with 502`,
          why: 'Caddy takes all of it for the address of a server',
          help: 'write host and port only, and change the path with `rewrite`',
        });
        reading.reasons.push(`${quoted(text)} is no address: every request is answered with 502`);
        break;
      case 'wrong':
        mistake(reading, at, `${quoted(text)}: ${upstream.message}`, upstream.help);
        break;
      case 'servers':
        if (isMixed(scheme, upstream.scheme)) {
          mistake(reading, at, `${quoted(text)} has another scheme than the servers before it`, 'write one for all');
        }
        scheme ??= upstream.scheme;
        count += upstream.servers.length;
        for (const server of upstream.servers) {
          const key = formatAddress(server);
          if (list.has(key))
            reading.unlike.push({ at, what: `${key} is there twice: it is asked more often than the others` });
          else list.set(key, notes.given(server, at));
        }
    }
  }
  return { list: [...list.values()], ...(scheme ? { scheme } : {}), written: words.map(({ text }) => text).join(' ') };
}

function isMixed(one: Scheme | undefined, other: Scheme | undefined): boolean {
  return one !== undefined && other !== undefined && one !== other;
}

/** How many names are looked up one after the other. */
function lookupOf(line: Line, reading: Reading): Given<number> {
  const { directive, words } = line;
  const [source] = words;
  if (source?.text === 'a' || source?.text === 'srv') return reading.notes.given(1, directive.head);
  const inner = directive.block?.filter(({ name }) => name === 'a' || name === 'srv') ?? [];
  if (source?.text !== 'multi' || inner.length === 0 || inner.length !== directive.block?.length) {
    unmeasured(reading, directive.head, `servers are found by \`dynamic ${source?.text ?? ''}\``);
  }
  return reading.notes.given(Math.max(1, inner.length), directive.head);
}

function balanceOf(line: Line | undefined, servers: number, reading: Reading): CaddyPolicy {
  const { notes } = reading;
  const word = line && only(reading, line);
  if (!line || !word) return 'random';
  const policy = policies[word.text];
  if (!policy) {
    puzzle(reading, word.at, `${quoted(word.text)} is no policy of Caddy’s own`);
    return 'random';
  }
  if (newPolicies.includes(word.text) && !atLeast(notes.version, '2.7')) {
    mistake(
      reading,
      word.at,
      `\`${word.text}\` is new in Caddy 2.7`,
      'choose another, or judge the file for that version',
    );
  }
  const weights = line.words.length - 1;
  if (policy === 'weighted_round_robin' && weights !== servers && servers > 0) {
    notes.tell('error', 'caddy-always-fails', word.at, {
      message: `${counted(weights, 'weight')} for ${servers} servers: Caddy panics, or leaves servers unused`,
      why: 'with one weight the first server gets everything, even when it is down; with too few a request ends without an answer',
      help: 'write one weight for each server',
    });
  }
  return policy;
}

/** Its words, where the name alone is not all of it. */
function policyOf(line: Line | undefined): Pick<ReverseProxy, 'policy'> {
  const words = line?.words.map(({ text }) => text) ?? [];
  return words.length > 1 || policies[words[0] ?? ''] === 'hash' ? { policy: words } : {};
}

type Retries = Pick<
  ReverseProxy,
  'retries' | 'tryDuration' | 'tryInterval' | 'retryMethods' | 'retryStatuses' | 'retryStatusMethods'
>;

const pauseByDefault = milliseconds(250);

function retriesOf(lines: readonly Line[], { head }: CaddyDirective, reading: Reading): Retries {
  const { notes } = reading;
  const last = (name: string): Line | undefined => all(lines, name).at(-1);
  const [counted, limited, paused] = [last('lb_retries'), last('lb_try_duration'), last('lb_try_interval')];
  const retries = counted && whole(reading, counted);
  const duration = limited && time(reading, limited);
  const interval = paused && time(reading, paused);
  if (!retries?.value && !duration?.value) {
    const idle = paused ?? last('lb_retry_match');
    if (idle && !counted && !limited) {
      notes.tell('warning', 'caddy-no-effect', idle.directive.head, {
        message: `\`${idle.directive.name}\` without \`lb_retries\` or \`lb_try_duration\` has no effect`,
        why: 'nothing is tried again',
        help: 'write `lb_retries 1`, or take it out',
      });
    }
    return { retryMethods: [], retryStatuses: [] };
  }
  const positive = duration !== undefined && duration.value > 0;
  const short = interval === undefined || interval.value <= 0;
  return {
    ...(retries && retries.value > 0 ? { retries } : {}),
    ...(positive ? { tryDuration: duration } : {}),
    tryInterval: !short
      ? interval
      : positive && (interval?.value ?? 0) === 0
        ? notes.own(pauseByDefault, interval ? (paused?.directive.head ?? head) : head)
        : (interval && { ...interval, value: milliseconds(0) }) || notes.own(milliseconds(0), head),
    ...retryMatches(all(lines, 'lb_retry_match'), reading),
  };
}

function passiveOf(
  lines: readonly Line[],
  { head }: CaddyDirective,
  reading: Reading,
): Pick<ReverseProxy, 'passive' | 'fullAt'> {
  const { notes } = reading;
  const last = (name: string): Line | undefined => all(lines, name).at(-1);
  const window = last('fail_duration');
  const fails = last('max_fails');
  const full = last('unhealthy_request_count');
  const failDuration = window && time(reading, window);
  const most = fails && whole(reading, fails);
  const fullAt = full && whole(reading, full);
  const others = ['unhealthy_status', 'unhealthy_latency'].flatMap((name) => last(name) ?? []);
  const marks = failDuration !== undefined && failDuration.value > 0;
  const outage = [...others, ...(full ? [full] : [])][0];
  if (!marks && outage && !fails && !atLeast(notes.version, '2.7.5')) {
    notes.tell('error', 'caddy-always-fails', outage.directive.head, {
      message: `before 2.7.5 \`${outage.directive.name}\` without \`fail_duration\` takes every server out: all requests get 503`,
      why: 'no failure at all counts as one too many',
      help: 'write `fail_duration`, such as 10s, beside it',
    });
  }
  // Beside a limit of requests `max_fails` keeps Caddy from counting no failure as one too many.
  const idle = [...(fails && !full ? [fails] : []), ...others][0];
  if (!window && idle) {
    notes.tell('warning', 'caddy-no-effect', idle.directive.head, {
      message: `\`${idle.directive.name}\` without \`fail_duration\` marks no server`,
      why: 'failures are not remembered, so that a dead server stays in rotation',
      help: 'write `fail_duration`, such as 10s, beside it',
    });
  }
  for (const { directive } of others) {
    const what =
      directive.name === 'unhealthy_status' ? 'statuses count as failures' : 'slow answers count as failures';
    if (marks) reading.unlike.push({ at: directive.head, what: `\`${directive.name}\`: ${what}` });
  }
  return {
    ...(marks ? { passive: { failDuration, maxFails: most && most.value > 0 ? most : notes.own(1, head) } } : {}),
    ...(fullAt && fullAt.value > 0 ? { fullAt } : {}),
  };
}

function activeOf(lines: readonly Line[], { head }: CaddyDirective, reading: Reading): Pick<ReverseProxy, 'active'> {
  const { notes } = reading;
  const last = (name: string): Line | undefined => all(lines, name).at(-1);
  const on = last('health_uri') ?? last('health_path') ?? last('health_port');
  const checks = lines.find(({ directive: { name } }) => name.startsWith('health_'));
  if (!on) {
    if (checks) {
      notes.tell('warning', 'caddy-no-effect', checks.directive.head, {
        message: `\`${checks.directive.name}\` without \`health_uri\` checks nothing`,
        why: 'active checks are off',
        help: 'write `health_uri`, such as /healthz',
      });
    }
    return {};
  }
  const positive = <T extends number>(given: Given<T> | undefined): Given<T> | undefined =>
    given && given.value > 0 ? given : undefined;
  const duration = (name: string, otherwise: number) => {
    const line = last(name);
    return positive(line && time(reading, line)) ?? notes.own(milliseconds(otherwise), on.directive.head);
  };
  const count = (name: string) => {
    const line = last(name);
    return positive(line && whole(reading, line)) ?? notes.own(1, on.directive.head);
  };
  const status = last('health_status')?.words[0];
  const path = on.directive.name === 'health_port' ? undefined : on.words[0];
  if (on.directive.name === 'health_port' || last('health_port')) {
    reading.unlike.push({
      at: (last('health_port') ?? on).directive.head,
      what: '`health_port`: checks go to another port',
    });
  }
  return {
    active: {
      path: path ? notes.given(path.text, path.at) : notes.own('/', head),
      interval: duration('health_interval', 30_000),
      timeout: duration('health_timeout', 5_000),
      status: status ? notes.given(status.text, status.at) : notes.own('2xx', on.directive.head),
      passes: count('health_passes'),
      fails: count('health_fails'),
    },
  };
}
