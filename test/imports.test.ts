import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { importTopology } from '../src/import/judged.ts';
import { judgedAs } from '../src/judge/index.ts';
import { analyse } from '../src/pipeline.ts';
import { cases, expectFile } from './golden.ts';
import { newest } from './judge/told.ts';

describe('the topology made from', () => {
  it.each(cases('imports'))('$name', ({ folder }) => {
    const target = existsSync(join(folder, 'nginx.conf')) ? 'nginx' : 'caddy';
    const main = target === 'nginx' ? 'nginx.conf' : 'Caddyfile';
    const { judged } = judgedAs(
      target,
      new Map([[main, readFileSync(join(folder, main), 'utf8')]]),
      main,
      newest[target],
    );
    const text = importTopology([judged])?.text ?? '';
    expectFile(join(folder, 'expected.yaml'), text);
    const { diagnostics } = analyse('expected.yaml', text);
    expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  });
});
