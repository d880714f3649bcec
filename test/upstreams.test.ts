import { describe, expect, it } from 'vitest';
import { analyse } from '../src/pipeline.ts';
import { containers } from '../src/targets/layout.ts';
import type { NginxDirectives, NginxPeer } from '../src/targets/nginx/directives.ts';
import { emitNginx } from '../src/targets/nginx/emit.ts';
import { zoneSize } from '../src/targets/nginx/zone.ts';

const targets = 'targets: { nginx: { version: "1.30" } }';

function directivesOf(pools: readonly string[], head = ''): NginxDirectives {
  const named = pools.map((pool, index) => `  p${index}: { ${pool} }`);
  const sites = pools.map((_, index) => `  s${index}.example.com: { tls: none, upstream: p${index} }`);
  const text = `version: 1\n${targets}\n${head}upstreams:\n${named.join('\n')}\nsites:\n${sites.join('\n')}\n`;
  const { lowered, diagnostics } = analyse('topology.yaml', text);
  if (!lowered?.nginx) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  return lowered.nginx;
}

const servers = 'servers: [10.0.0.1:80, 10.0.0.2:80]';

describe('pools of nginx', () => {
  it('that are alike are one upstream with the name of the first', () => {
    const alike = [
      servers,
      `${servers}, timeouts: { connect: 3s }`,
      `servers: ["10.0.0.1:80", { address: "10.0.0.2:80", weight: 1 }]`,
    ];
    const directives = directivesOf(alike);
    expect(directives.upstreams.map(({ name, pool, also }) => [name, pool, also?.map((one) => one.pool)])).toEqual([
      ['pool_p0', 'p0', ['p1', 'p2']],
    ]);
    const passes = directives.servers.flatMap((server) => (server.kind === 'proxy' ? server.locations : []));
    expect(passes.map((one) => one.action === 'proxy' && one.pass)).toEqual(
      Array(3).fill({ kind: 'upstream', name: 'pool_p0' }),
    );
  });

  it('keep their names when another one is no longer the same', () => {
    const names = (third: string) => directivesOf([servers, servers, third]).upstreams.map(({ name }) => name);
    expect(names(servers)).toEqual(['pool_p0']);
    expect(names('servers: [10.0.0.9:80]')).toEqual(['pool_p0', 'pool_p2']);
  });

  it.each([
    ['another server', 'servers: [10.0.0.1:80, 10.0.0.3:80]'],
    ['another order, as the first is asked first', 'servers: [10.0.0.2:80, 10.0.0.1:80]'],
    ['weights', 'servers: ["10.0.0.1:80", { address: "10.0.0.2:80", weight: 2 }]'],
    ['a backup', 'servers: ["10.0.0.1:80", { address: "10.0.0.2:80", backup: true }]'],
    ['a state', 'servers: ["10.0.0.1:80", { address: "10.0.0.2:80", state: down }]'],
    ['a limit of connections', 'servers: ["10.0.0.1:80", { address: "10.0.0.2:80", max_conns: 9 }]'],
    ['another balance', `${servers}, balance: least_conn`],
    ['a hash', `${servers}, balance: { hash: uri }`],
    ['a cookie', `${servers}, balance: { sticky: { cookie: edge } }`],
    ['kept connections', `${servers}, keepalive: 3`],
    ['how long they are kept', `${servers}, keepalive: { idle: 9s }`],
    ['other marks', `${servers}, health: { passive: { max_fails: 2 } }`],
    ['another window', `${servers}, health: { passive: { fail_window: 9s } }`],
    ['statuses that mark', `${servers}, retry: { on: [error, timeout, http_503] }`],
    ['https', `${servers}, protocol: https, tls: { server_name: a.internal }`],
  ])('that differ stay apart: %s', (_, other) => {
    expect(directivesOf([servers, other]).upstreams.length).toBe(2);
  });

  // A kept connection is taken by whoever comes to the same address.
  it.each([
    ['the name', 'tls: { server_name: b.internal }'],
    ['the CA', 'tls: { server_name: a.internal, ca: ./ca.pem }'],
    ['whether it is verified', 'tls: { server_name: a.internal, insecure: true }'],
  ])('with https stay apart by what was verified: %s', (_, tls) => {
    const https = (words: string) => `${servers}, protocol: https, ${words}`;
    expect(directivesOf([https('tls: { server_name: a.internal }'), https(tls)]).upstreams.length).toBe(2);
    expect(directivesOf([https(tls), https(tls)]).upstreams.length).toBe(1);
  });

  it('name those that are the same, but not thousands', () => {
    const text = (count: number) => emitNginx(directivesOf(Array(count).fill(servers)), containers)[1]?.text;
    expect(text(1)).toContain('# Pool p0\n');
    expect(text(2)).toContain('# Pool p0, and p1, which is the same\n');
    expect(text(4)).toContain('# Pool p0, and those that are the same: p1, p2, p3\n');
    expect(text(9)).toContain('# Pool p0, and those that are the same: p1, p2, p3, p4, 4 more\n');
  });

  it('have zones with room for their servers', () => {
    const size = (count: number, resolve = false) =>
      zoneSize(Array.from({ length: count }, () => ({ resolve }) as NginxPeer));
    expect([1, 32, 33, 96, 97, 500, 3_000].map((count) => size(count))).toEqual([
      ...['64k', '64k', '128k', '128k', '256k', '1024k', '4096k'],
    ]);
    // Whatever addresses their names have.
    expect([size(2, true), size(3, true)]).toEqual(['64k', '128k']);
  });
});
