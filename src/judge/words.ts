import type { Diagnostic } from '../diagnostics/diagnostic.ts';

type Target = 'caddy' | 'nginx';
/** How a word of the topology is written, with its value if there is one. */
type Speak = (value: string | undefined) => string;

const plain =
  (directive: string): Speak =>
  (value) =>
    value === undefined ? directive : `${directive} ${value.replaceAll(/(\d) (?=\d)/g, '$1')}`;
const parameter =
  (name: string): Speak =>
  (value) =>
    value === undefined ? name : `${name}=${value}`;
const always =
  (text: string): Speak =>
  () =>
    text;

/** One row each word that the rules below speak of: its directive on each target. */
const words: Readonly<Record<string, Readonly<Record<Target, Speak>>>> = {
  tries: {
    nginx: (value) => plain('proxy_next_upstream_tries')(value === 'unlimited' ? '0' : value),
    // Caddy counts what comes after the first attempt.
    caddy: (value) => plain('lb_retries')(Number(value) > 0 ? String(Number(value) - 1) : undefined),
  },
  unlimited: { nginx: always('proxy_next_upstream_tries 0'), caddy: always('no lb_retries') },
  connect: { nginx: plain('proxy_connect_timeout'), caddy: plain('dial_timeout') },
  response_header: { nginx: plain('proxy_read_timeout'), caddy: plain('response_header_timeout') },
  send: { nginx: plain('proxy_send_timeout'), caddy: plain('write_timeout') },
  tls_handshake: { nginx: plain('proxy_connect_timeout'), caddy: plain('tls_timeout') },
  // No attempt starts later than the two together.
  window: { nginx: plain('proxy_next_upstream_timeout'), caddy: plain('lb_try_duration + lb_try_interval') },
  interval: { nginx: plain('interval'), caddy: plain('lb_try_interval') },
  on: { nginx: plain('proxy_next_upstream'), caddy: plain('lb_retry_match') },
  non_idempotent: { nginx: always('non_idempotent'), caddy: always('lb_retry_match') },
  max_fails: { nginx: parameter('max_fails'), caddy: plain('max_fails') },
  fail_window: { nginx: parameter('fail_timeout'), caddy: plain('fail_duration') },
  keepalive: { nginx: plain('keepalive'), caddy: plain('keepalive_idle_conns_per_host') },
  timeout: { nginx: plain('timeout'), caddy: plain('health_timeout') },
  max_age: { nginx: always('max-age'), caddy: always('max-age') },
  include_subdomains: { nginx: always('includeSubDomains'), caddy: always('includeSubDomains') },
  health: { nginx: always('health_check'), caddy: always('health_uri /healthz') },
};

const both: readonly Target[] = ['caddy', 'nginx'];

/**
 * The rules that speak of waits, retries, marks, checks, servers and HSTS: of what every configuration has. The others are about
 * words that only a topology has. Where the help of a rule would not help here, another one stands beside it.
 */
const spoken: Readonly<
  Record<string, { readonly on: readonly Target[]; readonly help?: Partial<Record<Target, string>> }>
> = {
  amplification: { on: both },
  'callers-give-up': { on: both },
  'connect-jitter': { on: both },
  'connect-lost-syn': { on: both },
  'connect-too-long': { on: both },
  'fail-window-long': { on: both },
  'fail-window-short': { on: both },
  'health-interval': { on: ['caddy'] },
  'health-path-root': { on: ['caddy'] },
  'health-slower-than-requests': { on: ['caddy'] },
  'health-timeout': { on: ['caddy'] },
  'hsts-preload': {
    on: both,
    help: {
      nginx:
        'write `"max-age=31536000; includeSubDomains; preload"` when every name below has https, or leave `preload` away',
      caddy:
        'write `"max-age=31536000; includeSubDomains; preload"` when every name below has https, or leave `preload` away',
    },
  },
  'keepalive-race': { on: both },
  'localhost-twice': { on: ['nginx'] },
  'marks-never': { on: ['caddy'] },
  'no-marking': {
    on: both,
    help: { caddy: 'write `fail_duration 10s` and `max_fails 3`, or an active check: `health_uri /healthz`' },
  },
  'retry-non-idempotent': { on: ['nginx'] },
  'slow-url-marks-pool': { on: both },
  spof: { on: both, help: { caddy: 'run a second one, on another machine if you can, and name it beside the first' } },
  'tries-beyond-pool': { on: ['nginx'], help: { nginx: 'write as many as there are servers' } },
  unbounded: {
    on: both,
    help: {
      caddy: 'write `response_header_timeout 30s` (and `write_timeout 30s` for uploads) in `transport http`',
      nginx: 'write a limit, such as 30s',
    },
  },
  'unknown-addresses': { on: ['nginx'] },
  'window-no-retry': { on: both },
  'window-overshoot': {
    on: both,
    help: { caddy: 'count on the worst wait, not on the window', nginx: 'count on the worst wait, not on the window' },
  },
};

/** Does a rule say something of a hand-written file? */
export function isSpoken(rule: string, target: Target): boolean {
  return Object.hasOwn(spoken, rule) && Boolean(spoken[rule]?.on.includes(target));
}

/** A finding of a rule, in the words of a hand-written file instead of the topology's. */
export function inWordsOf(target: Target, diagnostic: Diagnostic): Diagnostic {
  const speak = (text: string): string => translated(text, target);
  const { message, why, help, related, rule } = diagnostic;
  const own = spoken[rule]?.help?.[target];
  return {
    ...diagnostic,
    message: speak(message),
    ...(why === undefined ? {} : { why: speak(why) }),
    ...(own === undefined && help === undefined ? {} : { help: own ?? speak(help ?? '') }),
    ...(related ? { related: related.map((one) => ({ ...one, message: speak(one.message) })) } : {}),
  };
}

/** Words in backticks, alone or with a value: `tries: 3`, `window`. */
export function translated(text: string, target: Target): string {
  return text.replace(/`([a-z_]+)(?:: ([^`]*))?`/g, (whole, word: string, value: string | undefined) => {
    const speak = Object.hasOwn(words, word) ? words[word]?.[target] : undefined;
    return speak ? `\`${speak(value)}\`` : whole;
  });
}
