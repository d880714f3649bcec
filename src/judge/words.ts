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
  window: { nginx: plain('proxy_next_upstream_timeout'), caddy: plain('lb_try_duration') },
  interval: { nginx: plain('interval'), caddy: plain('lb_try_interval') },
  on: { nginx: plain('proxy_next_upstream'), caddy: plain('lb_retry_match') },
  non_idempotent: { nginx: always('non_idempotent'), caddy: always('lb_retry_match') },
  max_fails: { nginx: parameter('max_fails'), caddy: plain('max_fails') },
  fail_window: { nginx: parameter('fail_timeout'), caddy: plain('fail_duration') },
  keepalive: { nginx: plain('keepalive'), caddy: plain('keepalive_idle_conns_per_host') },
  timeout: { nginx: plain('timeout'), caddy: plain('health_timeout') },
  health: { nginx: always('health_check'), caddy: always('health_uri /healthz') },
};

/**
 * The rules that speak of waits, retries, marks, checks and servers: of what every configuration has. The others are about
 * words that only a topology has.
 */
export const spokenRules: ReadonlySet<string> = new Set([
  'amplification',
  'callers-give-up',
  'connect-jitter',
  'connect-lost-syn',
  'connect-too-long',
  'fail-window-long',
  'fail-window-short',
  'health-interval',
  'health-path-root',
  'health-slower-than-requests',
  'health-timeout',
  'keepalive-race',
  'localhost-twice',
  'marks-never',
  'no-active-check',
  'no-marking',
  'retry-non-idempotent',
  'slow-url-marks-pool',
  'spof',
  'tries-beyond-pool',
  'unbounded',
  'unknown-addresses',
  'window-no-retry',
  'window-overshoot',
]);

/** A finding of a rule, in the words of a hand-written file instead of the topology's. Its fix is for a topology. */
export function inWordsOf(target: Target, { fix: _fix, ...diagnostic }: Diagnostic): Diagnostic {
  const speak = (text: string): string => translated(text, target);
  const { message, why, help, related } = diagnostic;
  return {
    ...diagnostic,
    message: speak(message),
    ...(why === undefined ? {} : { why: speak(why) }),
    ...(help === undefined ? {} : { help: speak(help) }),
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
