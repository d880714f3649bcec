import { pathsOf } from '../model/match.ts';
import type { Rule } from './rule.ts';

/** Parts of paths that say what they are. */
const names = new Set([
  ...['sse', 'eventsource', 'event-source', 'event-stream', 'eventstream'],
  ...['longpoll', 'long-poll', 'longpolling', 'long-polling'],
]);

export const streamPath: Rule = {
  id: 'stream-path',
  severity: 'info',
  summary: 'A path that is named like a stream, in a route that is none',
  why: 'nginx ends what pauses for longer than `response_header`, and sends a GET to another server that is silent for as long',
  help: 'write `stream: true` at the route',
  examples: {
    fires: `version: 1
sites:
  a.example.com:
    routes:
      - { match: { path: /api/sse }, upstream: [10.0.0.2:80, 10.0.0.3:80] }
      - upstream: [10.0.0.4:80, 10.0.0.5:80]
`,
    silent: `version: 1
sites:
  a.example.com:
    routes:
      - { match: { path: /api/sse }, upstream: [10.0.0.2:80, 10.0.0.3:80], stream: true }
      - upstream: [10.0.0.4:80, 10.0.0.5:80]
`,
  },
  *check({ reports }) {
    for (const { route } of reports) {
      if (route.stream.value) continue;
      const named = pathsOf(route.match).find(({ path }) =>
        path.split('/').some((part) => names.has(part.toLowerCase())),
      );
      if (named) yield { at: route.at, message: `\`${named.path}\` sounds like a stream, and \`${route.id}\` is none` };
    }
  },
};
