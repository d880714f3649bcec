import { describe, expect, it } from 'vitest';
import { readNginx } from '../../../src/judge/nginx/index.ts';
import { judgeNginx } from '../../../src/judge/nginx/judge.ts';
import { bound, equation, print } from '../../../src/latency/term.ts';
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
