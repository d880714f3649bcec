import { describe, expect, it } from 'vitest';
import { judgeCaddy } from '../../../src/judge/caddy/judge.ts';
import type { Judged } from '../../../src/judge/judged.ts';
import { bound, equation, leaves } from '../../../src/latency/term.ts';
import { parseVersion } from '../../../src/model/version.ts';
import { judge, type RouteOnTarget } from '../../../src/report/report.ts';
import { catalogue } from '../../../src/rules/index.ts';
import { lower } from '../../../src/targets/index.ts';
import { caddy, newest } from '../told.ts';
import { type Case, cases, type Expected } from './cases.ts';

function judged({ files, version }: Case): Judged {
  const own = version === undefined ? newest.caddy : parseVersion(version);
  return judgeCaddy(caddy(files, own), own);
}

function positionOf({ sources }: Judged, place: Judged['unsaid'][number]['place']) {
  const source = sources.get(place.source);
  return source?.position(source.span(place).start);
}

/** What is expected, as far as it is told, read from what was judged. */
function shown({ worst, bounds }: RouteOnTarget, expected: Expected): Expected {
  const { headline, rows, staleReuse, clientFirstByte, assumptions } = bounds;
  const text = equation(headline);
  const found = new Map(rows.map((row) => [`${row.fault} ${row.failing} ${row.method}`, row]));
  const told = Object.entries(expected.rows ?? {}).map(([key, value]) => {
    const row = found.get(key);
    const wait = row ? bound(row.wait) : 'no such row';
    return [key, Array.isArray(value) ? [wait, row?.attempts] : wait];
  });
  return {
    worst,
    ...(expected.equation === undefined
      ? {}
      : { equation: text.includes(expected.equation) ? expected.equation : text }),
    ...(expected.rows ? { rows: Object.fromEntries(told) } : {}),
    ...(expected.stale === undefined ? {} : { stale: bound(staleReuse.wait) }),
    ...(expected.firstByte === undefined
      ? {}
      : { firstByte: clientFirstByte.wait ? bound(clientFirstByte.wait) : null }),
    ...(expected.assumes === undefined
      ? {}
      : {
          assumes: assumptions.some((one) => one.includes(expected.assumes ?? ''))
            ? expected.assumes
            : assumptions.join('; '),
        }),
  };
}

/** Each wanted part once where it is found; else what is there. */
function parts(found: readonly string[], wanted: readonly string[]): string[] {
  return found.map((text) => wanted.find((part) => matches(text, part)) ?? text);
}

function matches(text: string, part: string): boolean {
  const [, start = '', rest = part] = /^(\d+: \w+ \S+ )?(.*)$/s.exec(part) ?? [];
  return text.startsWith(start) && text.includes(rest);
}

describe('Caddy', () => {
  it.each(cases.map((one) => [one.name, one] as const))('%s', (_name, one) => {
    const result = judged(one);
    const asked = result.routes.filter(({ targets }) => targets.length > 0);
    const found = asked.map(({ id, targets: [target] }) => {
      const expected = one.routes[id] ?? { worst: 0 };
      return [id, target && shown(target, expected)];
    });
    expect(Object.fromEntries(found)).toEqual(one.routes);
    const told = result.diagnostics.map(
      ({ place, severity, rule, message }) => `${positionOf(result, place)?.line}: ${severity} ${rule} ${message}`,
    );
    const { findings = [], unsaid = [] } = one;
    expect([...new Set(parts(told, findings))].sort()).toEqual([...findings].sort());
    expect(
      [
        ...new Set(
          parts(
            result.unsaid.map(({ what }) => what),
            unsaid,
          ),
        ),
      ].sort(),
    ).toEqual([...unsaid].sort());
  });

  it('names rules that there are, and places that are in the files', () => {
    for (const one of cases) {
      const result = judged(one);
      expect(result.diagnostics.filter(({ rule }) => !catalogue.has(rule))).toEqual([]);
      const places = result.routes
        .flatMap(({ targets }) => targets.flatMap(({ bounds }) => leaves(bounds.headline)))
        .flatMap(({ given }) => given?.at ?? []);
      for (const place of places) expect(result.sources.has(place.source)).toBe(true);
    }
  });

  it('says as a topology what has the same bounds, where nothing is left aside', () => {
    let count = 0;
    for (const one of cases.filter(({ unsaid }) => !unsaid)) {
      const { topology, routes } = judged(one);
      for (const { id, targets } of judge(topology, lower(topology))) {
        const own = routes.find((route) => route.id === id)?.targets[0];
        expect([one.name, targets[0] && equation(targets[0].bounds.headline)]).toEqual([
          one.name,
          own && equation(own.bounds.headline),
        ]);
        count++;
      }
    }
    expect(count).toBeGreaterThanOrEqual(12);
  });

  it('points to what is written, and to the proxy where Caddy decides', () => {
    const text =
      ':80 {\n\treverse_proxy a:80 {\n\t\ttransport http {\n\t\t\tresponse_header_timeout 2s\n\t\t}\n\t}\n}\n';
    const result = judgeCaddy(caddy(text), newest.caddy);
    const source = result.sources.get('Caddyfile');
    const told = result.routes.flatMap(({ targets }) =>
      targets.flatMap(({ bounds }) =>
        leaves(bounds.headline).map(({ name, given }) => {
          const span = given && source?.span(given.at);
          return [name, given?.origin, given?.because, span && text.slice(span.start, span.end)];
        }),
      ),
    );
    expect(told).toEqual([
      ['connect', 'default', 'Caddy’s own default', 'reverse_proxy'],
      ['response header', 'written', undefined, '2s'],
    ]);
  });
});
