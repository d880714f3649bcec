import { describe, expect, it } from 'vitest';
import { compile } from '../../src/compile.ts';
import { readCaddy } from '../../src/judge/caddy/index.ts';
import { judgeCaddy } from '../../src/judge/caddy/judge.ts';
import type { Judged } from '../../src/judge/judged.ts';
import { readNginx } from '../../src/judge/nginx/index.ts';
import { judgeNginx } from '../../src/judge/nginx/judge.ts';
import { analyse } from '../../src/pipeline.ts';

const text = `version: 1
defaults: { timeouts: { connect: 1s, response_header: 7s } }
sites:
  a.example.com:
    forward_auth:
      upstream: [10.0.0.8:80, 10.0.0.9:80]
      path: /check
      copy_headers: [Remote-User]
      timeouts: { connect: 250ms, response_header: 2s }
    error_pages: { 401: ./401.html, 5xx: ./5xx.html }
    routes:
      - { match: { path: /said }, respond: { status: 200, body: said } }
      - { match: { path: /moved }, redirect: "https://b.example.com/" }
      - { match: { path: /files/* }, files: ./files }
      - { match: { path: /open/* }, upstream: 10.0.0.4:80, forward_auth: none }
      - { upstream: [10.0.0.2:80, 10.0.0.3:80] }
`;

/** Two attempts of the auth servers, then two of the route's own, or none. */
const waits = { auth: 4_500, open: 8_000, both: 20_500 };

describe('forward_auth', () => {
  const { topology, reports = [] } = analyse('topology.yaml', text);
  if (!topology) throw new Error('the topology has mistakes');
  const files = compile(topology, { targets: ['nginx', 'caddy'] });
  const of = (target: string): ReadonlyMap<string, string> =>
    new Map(
      files.filter((one) => one.target === target).map(({ path, text: own }) => [path.slice(target.length + 1), own]),
    );
  const { nginx, caddy } = topology.targets;

  it('is part of the worst wait of each route that asks, whatever the route does', () => {
    const found = reports.map(({ id, targets }) => [id, ...targets.map(({ worst }) => worst)]);
    expect(found).toEqual([
      ['a.example.com=/said', waits.auth, waits.auth],
      ['a.example.com=/moved', waits.auth, waits.auth],
      ['a.example.com/files/', waits.auth, waits.auth],
      ['a.example.com/open/', waits.open, waits.open],
      ['a.example.com/', waits.both, waits.both],
    ]);
  });

  it.each<[string, () => Judged]>([
    [
      'nginx',
      () => {
        if (!nginx) throw new Error('nginx is a target');
        return judgeNginx(readNginx(of('nginx'), 'nginx.conf', nginx.version.value), nginx.version.value);
      },
    ],
    [
      'caddy',
      () => {
        if (!caddy) throw new Error('Caddy is a target');
        return judgeCaddy(readCaddy(of('caddy'), 'Caddyfile', caddy.version.value), caddy.version.value);
      },
    ],
  ])('is judged in what is written for %s with the same wait', (_target, judged) => {
    const { routes, diagnostics, unsaid } = judged();
    expect(diagnostics).toEqual([]);
    const found = routes
      .flatMap(({ targets }) => targets.map(({ worst }) => worst))
      .sort((a, b) => (a ?? 0) - (b ?? 0));
    const asking = [waits.auth, waits.auth, waits.auth, waits.open, waits.both];
    expect([...new Set(found)]).toEqual([...new Set(asking)]);
    // What a topology says with a word, a file says in many: import names it.
    expect(unsaid.map(({ what }) => what).join('\n')).toMatch(/forward_auth/);
  });
});
