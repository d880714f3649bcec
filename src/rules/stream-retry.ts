import type { Rule } from './rule.ts';

export const streamRetry: Rule = {
  id: 'stream-retry',
  severity: 'warning',
  summary: 'Retries that a stream never makes',
  why: 'what is passed on as it comes is not there any more: once a server may have seen it, it is never sent again',
  help: 'leave it out, or make it a route of its own that is no stream',
  examples: {
    fires: `version: 1
sites:
  a.example.com:
    upstream: [10.0.0.2:80, 10.0.0.3:80]
    stream: true
    retry: { on: [error, timeout, http_503] }
`,
    silent: `version: 1
sites:
  a.example.com:
    upstream: [10.0.0.2:80, 10.0.0.3:80]
    stream: true
    retry: { on: [error, timeout] }
`,
  },
  *check({ reports }) {
    for (const { route } of reports) {
      if (!route.stream.value) continue;
      const { on, non_idempotent } = route.retry;
      // What the pool says is for its other routes as well.
      const late = on.value.filter((condition) => condition !== 'error' && condition !== 'timeout');
      if (on.origin === 'written' && late.length > 0) {
        yield { at: on.at, message: `a stream is not tried again after ${late.join(', ')}` };
      }
      if (non_idempotent.origin === 'written' && non_idempotent.value) {
        yield { at: non_idempotent.at, message: 'a stream is not sent again, whatever its method is' };
      }
    }
  },
};
