/** Words of other tools, and what this language calls the same thing. */
const words: Readonly<Record<string, string>> = {
  retries: '`tries` counts attempts in all, the first included: `retries: 1` is `tries: 2`',
  attempts: 'it is called `tries`: attempts in all, the first included',
  lb_retries: '`tries` counts attempts in all, the first included: `lb_retries 1` is `tries: 2`',
  lb_policy: 'it is called `balance`',
  policy: 'it is called `balance`',
  strategy: 'it is called `balance`',
  lb_try_duration: 'it is called `window` (Caddy is given window − interval)',
  lb_try_interval: 'it is called `interval`',
  fail_timeout: 'it is called `fail_window`',
  fail_duration: 'it is called `fail_window`',
  proxy_connect_timeout: 'it is called `connect`',
  dial_timeout: 'it is called `connect`',
  proxy_read_timeout: 'it is called `response_header` (and `idle` inside the body)',
  read: 'it is called `response_header` (and `idle` inside the body)',
  read_timeout: 'it is called `response_header` (and `idle` inside the body)',
  header: 'it is called `response_header`',
  proxy_send_timeout: 'it is called `send`',
  write: 'it is called `send`',
  timeout: 'the times are in the map `timeouts`',
  domains: 'the names are the keys of `sites`',
  hosts: 'the names are the keys of `sites`',
  server: 'it is called `servers`',
  backends: 'pools are called `upstreams`, their members `servers`',
  healthcheck: 'it is called `health`',
  health_check: 'it is called `health`',
  health_uri: 'it is `health: { active: { path: … } }`',
  path: 'it belongs into `match: { path: … }`',
  location: 'it is called `match: { path: … }`',
  env: 'it is called `environment`',
};

/** Keys of a compose service that the compiler writes itself or that go through `compose:`. */
const compose = new Set(
  'ports volumes depends_on networks network_mode restart command entrypoint deploy labels build container_name user expose healthcheck logging env_file'.split(
    ' ',
  ),
);

/** What to do about an unknown key that comes from another tool's vocabulary. */
export function misspellings(key: string, known: readonly string[]): string | undefined {
  if (known.includes('image') && compose.has(key)) {
    return 'further keys of a compose service belong into `compose:`; ports are published by `instances: [{ publish: … }]`';
  }
  return Object.hasOwn(words, key) ? words[key] : undefined;
}
