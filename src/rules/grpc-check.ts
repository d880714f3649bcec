import type { Rule } from './rule.ts';

export const grpcCheck: Rule = {
  id: 'grpc-check',
  severity: 'warning',
  summary: 'gRPC servers are checked with a GET',
  why: 'a gRPC server answers a plain GET with an error, or not at all: Caddy then takes every server out, and nobody is served',
  help: 'let the server answer that path beside gRPC, or leave `active` out: requests that fail find a dead server',
  examples: {
    fires: `version: 1
sites:
  a.example.com:
    upstream: { servers: [10.0.0.2:9000, 10.0.0.3:9000], protocol: grpc, health: { active: /healthz } }
`,
    silent: `version: 1
targets: { nginx: {} }
sites:
  a.example.com:
    upstream: { servers: [10.0.0.2:9000, 10.0.0.3:9000], protocol: grpc }
`,
  },
  *check({ pools, topology }) {
    if (!topology.targets.caddy) return;
    for (const { pool } of pools) {
      const { active } = pool.health;
      if (pool.protocol.value !== 'grpc' || !active) continue;
      yield { at: active.at, message: `the checks of \`${pool.name}\` are no gRPC calls`, targets: ['caddy'] };
    }
  },
};
