import { describe, expect, it } from 'vitest';
import { readNginx } from '../../../src/judge/nginx/index.ts';
import { judgeNginx } from '../../../src/judge/nginx/judge.ts';
import { parseTime } from '../../../src/judge/nginx/units.ts';
import { bound, equation, leaves, print } from '../../../src/latency/term.ts';
import { parseVersion } from '../../../src/model/version.ts';
import { cases } from './cases.ts';

const main = 'nginx.conf';

function judge(text: string, release = '1.30') {
  const version = parseVersion(release);
  return judgeNginx(readNginx(new Map([[main, text]]), main, version), version);
}

describe('a hand-written nginx configuration', () => {
  it.each(cases.map((one) => [one.name, one] as const))(
    '%s',
    (_name, { text, version, routes, alone = [], ...more }) => {
      const judged = judge(text, version);
      const asking = judged.routes.filter(({ targets }) => targets.length > 0);
      expect(asking.map(({ id }) => id).sort()).toEqual(Object.keys(routes).sort());
      expect(judged.routes.filter(({ targets }) => targets.length === 0).map(({ id }) => id)).toEqual(alone);

      for (const { id, targets } of asking) {
        const { bounds, worst } = targets[0] as (typeof targets)[number];
        const expected = routes[id];
        expect([id, worst]).toEqual([id, expected?.ms]);
        if (expected?.equation !== undefined) expect(print(bounds.headline)).toBe(expected.equation);
        if (expected?.because !== undefined) expect(equation(bounds.headline)).toContain(' = unbounded: ');
        if (expected?.because !== undefined) expect(equation(bounds.headline)).toContain(expected.because);
        for (const [key, value] of Object.entries(expected?.rows ?? {})) {
          const row = bounds.rows.find(({ fault, failing, method }) => `${fault} ${failing} ${method}` === key);
          expect([key, row && [bound(row.wait), row.attempts]]).toEqual([key, value]);
        }
        if (expected?.stale) expect([bound(bounds.staleReuse.wait), bounds.staleReuse.resends]).toEqual(expected.stale);
        for (const { name, time, given } of leaves(bounds.headline)) {
          // It is made of three words of the file, and a zone.
          if (given?.origin !== 'written' || name === 'delay of limit_req' || time === undefined) continue;
          const source = judged.sources.get(given.at.source);
          const { start, end } = source?.span(given.at) ?? { start: 0, end: 0 };
          expect(parseTime(text.slice(start, end).replaceAll('"', ''), 'msec'), name).toBe(time);
        }
        const first = bounds.clientFirstByte.wait;
        if (expected?.firstByte !== undefined) expect(first && bound(first)).toBe(expected.firstByte);
        for (const part of expected?.assumes ?? []) {
          const all = bounds.assumptions.join('\n');
          if (part.startsWith('!')) expect(all).not.toContain(part.slice(1));
          else expect(all).toContain(part);
        }
      }

      const findings = judged.diagnostics.map(({ place, rule, message }) => {
        const source = judged.sources.get(place.source);
        const { line, column } = source?.position(source.span(place).start) ?? {};
        return `${line}:${column} ${rule}: ${message}`;
      });
      for (const part of more.findings ?? []) expect(findings.join('\n')).toContain(part);
      const errors = judged.diagnostics.filter(({ severity }) => severity === 'error');
      if (!more.findings && Object.values(routes).every(({ ms }) => ms !== null)) expect(errors).toEqual([]);
      for (const part of more.unsaid ?? []) expect(judged.unsaid.map(({ what }) => what).join('\n')).toContain(part);
    },
  );
});

describe('who pays while a server is dead', () => {
  const windows = (before: string, lines: string) => {
    const text = `${before} http { upstream web { ${lines} } server { location / { proxy_pass http://web; } } }`;
    return judge(text).routes[0]?.targets[0]?.bounds.failWindow.find(({ fault }) => fault === 'silent');
  };
  const servers = 'server 10.0.0.2:1 fail_timeout=5s; server 10.0.0.3:1 fail_timeout=20s;';

  it('is every worker without a zone, and one of them with it', () => {
    expect(windows('worker_processes 4;', servers)?.probeRequests).toBe(4);
    expect(windows('worker_processes 4;', `zone web 64k; ${servers}`)?.probeRequests).toBe(1);
    expect(windows('', servers)?.probeRequests).toBe(1);
  });

  it('is not known with a worker for each core', () => {
    expect(windows('worker_processes auto;', servers)).not.toHaveProperty('probeRequests');
  });

  it('is told by the shortest window for probes, and by the longest for what comes back', () => {
    expect(windows('', servers)).toMatchObject({ probeEvery: 5_000, recovery: 81_000, allMarked: 21_000 });
  });

  it('is nobody where nothing is marked', () => {
    expect(windows('', 'server 10.0.0.2:1;')).toBe(undefined);
    expect(windows('', 'server 10.0.0.2:1 max_fails=0; server 10.0.0.3:1 max_fails=0;')).toBe(undefined);
    expect(windows('', 'server 10.0.0.2:1 max_fails=0; server 10.0.0.3:1;')?.allMarked).toBe(0);
  });
});
