import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { analyse } from '../src/pipeline.ts';
import { restartOf, restartText } from '../src/report/restart.ts';
import { cases, judgeCase } from './golden.ts';

describe('the runbook of', () => {
  it.each(cases('targets').filter(({ folder }) => existsSync(join(folder, 'expected/RUNBOOK.md'))))(
    '$name takes servers out with words that the topology takes',
    ({ folder }) => {
      const text = readFileSync(join(folder, 'expected/RUNBOOK.md'), 'utf8');
      const { topology } = judgeCase(folder);
      for (const [, yaml = ''] of text.matchAll(/```yaml\n([\s\S]*?)```/g)) {
        const { upstreams } = parse(yaml) as { upstreams: Record<string, unknown> };
        const machines = Object.fromEntries(
          (topology?.machines ?? []).map(({ name, address, edge }) => [name, { address: address.value, edge }]),
        );
        const sites = { 'a.example.com': { tls: 'none', upstream: Object.keys(upstreams)[0] } };
        const written = { version: 1, ...(topology?.machines.length ? { machines } : {}), upstreams, sites };
        const { diagnostics } = analyse('topology.yaml', stringify(written));
        expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
      }
    },
  );
});

describe('a restart of one server', () => {
  const told = (words: string): string[] => {
    const { reports = [] } = analyse('topology.yaml', `version: 1\nsites:\n  a.example.com: ${words}\n`);
    return reports.flatMap(({ targets }) =>
      targets.map(({ target, bounds }) => {
        const restart = restartOf(bounds);
        return `${target}: ${restart ? restartText(restart) : 'nothing'}`;
      }),
    );
  };

  it('costs nothing where another server answers, once failures count at once', () => {
    expect(told('{ upstream: { servers: [a:1, b:1], health: { passive: { max_fails: 1 } } } }')).toEqual([
      'caddy: no GET is lost, some POSTs may be lost until it is marked; a POST that it had not answered may be lost; it is asked again 10s after it is back at the latest',
      'nginx: no request is lost; a POST that it had not answered may be lost; it is asked again 11s after it is back at the latest',
    ]);
  });

  it('is ridden out by asking the same server again, on Caddy', () => {
    expect(told('{ upstream: [a:1], retry: { tries: unlimited, window: 5s, interval: 250ms } }')).toEqual([
      'caddy: no request is lost within 4.75s; what it had not answered may be lost',
      'nginx: requests are lost until it is back; what it had not answered may be lost',
    ]);
  });
});
