import type { Rule } from './rule.ts';

export const grpcPlainHttp: Rule = {
  id: 'grpc-plain-http',
  severity: 'warning',
  summary: 'gRPC on a site without TLS',
  why: 'gRPC clients speak HTTP/2, which is offered with TLS only: without it they are refused',
  help: 'leave `tls: none` away, or write `tls: internal` where the name is private',
  examples: {
    fires: `version: 1
targets: { nginx: {} }
sites:
  api.internal:
    tls: none
    upstream: { servers: [10.0.0.2:9000, 10.0.0.3:9000], protocol: grpc }
`,
    silent: `version: 1
targets: { nginx: {} }
sites:
  api.example.com:
    upstream: { servers: [10.0.0.2:9000, 10.0.0.3:9000], protocol: grpc }
`,
  },
  *check({ reports }) {
    const told = new Set<string>();
    for (const { route, site } of reports) {
      if (route.pool.protocol.value !== 'grpc' || site.tls.value.mode !== 'none' || told.has(site.id)) continue;
      told.add(site.id);
      yield {
        at: site.tls.at,
        message: `gRPC clients cannot speak to \`${site.id}\``,
        related: [{ place: route.pool.protocol.at, message: 'the servers speak gRPC' }],
      };
    }
  },
};
