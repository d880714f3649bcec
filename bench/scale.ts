import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Command, type Cost, inTurn, median } from './process.ts';
import { against, table } from './table.ts';
import { manySites } from './topologies.ts';

const sizes = [1, 10, 100, 1_000, 10_000] as const;

interface Size {
  readonly count: number;
  readonly parse: Cost;
  readonly lint: Cost;
  readonly report: Cost;
  readonly print: Cost;
  readonly first: Cost;
  readonly again: Cost;
}

/** From one site to ten thousand: what the commands cost, compared with reading the file alone. */
export function scale(program: string, caddy: string | undefined): string {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  try {
    const all = sizes.map((count) => measured(program, folder, count));
    const rows = all.map(({ count, parse, lint, report, print, first, again }) => {
      const cell = ({ cpu }: Cost): string => `${cpu.toFixed(0)} ms (${(cpu / parse.cpu).toFixed(1)} ×)`;
      return [
        count,
        `${parse.cpu.toFixed(0)} ms`,
        ...[lint, report, print, first, again].map(cell),
        `${Math.max(first.memory, again.memory, report.memory).toFixed(0)} MB`,
      ];
    });
    const head = [
      'sites',
      'bare parse',
      '`lint`',
      '`report`',
      '`build --stdout`',
      '`build` into an empty folder',
      '`build` again',
      'memory',
    ];
    const [thousand, most] = [all.at(-2), all.at(-1)];
    if (!thousand || !most) throw new Error('two sizes are compared');
    const goals = [
      `- 10 000 sites against a bare parse: \`lint\` ${against(most.lint.cpu / most.parse.cpu, 3, ' ×')}, \`report\` ${against(most.report.cpu / most.parse.cpu, 3, ' ×')}, \`build --stdout\` ${against(most.print.cpu / most.parse.cpu, 3, ' ×')}, \`build\` ${against(most.first.cpu / most.parse.cpu, 3, ' ×')}`,
      `- against 1 000 sites: \`build\` ${against(most.first.cpu / thousand.first.cpu, 11, ' ×')}, \`report\` ${against(most.report.cpu / thousand.report.cpu, 11, ' ×')}`,
      `- memory: ${against(Math.max(most.first.memory, most.report.memory), 1_000, ' MB')}`,
      ...(caddy ? [adapted(caddy, join(folder, `${most.count}`), most.first)] : []),
    ];
    return `Processor time, user and system, the medians of the rounds.\n\n${table(head, rows)}\n\n${goals.join('\n')}`;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function measured(program: string, folder: string, count: number): Size {
  const file = join(folder, `${count}.yaml`);
  const out = join(folder, String(count));
  writeFileSync(file, manySites(count));
  const run = (name: string, ...args: readonly string[]): Command => ({
    name,
    words: [process.execPath, program, ...args],
  });
  const costs = inTurn(count < 1_000 ? 5 : 3, [
    { name: 'bare parse', words: [process.execPath, join(import.meta.dirname, 'bare-parse.mjs'), file] },
    run('lint', 'lint', file),
    run('report', 'report', file),
    run('build --stdout', 'build', file, '--stdout'),
    { ...run('build', 'build', file, '-o', out), before: () => rmSync(out, { recursive: true, force: true }) },
    run('build again', 'build', file, '-o', out),
  ]);
  const [parse, lint, report, print, first, again] = costs.map(middle);
  if (!parse || !lint || !report || !print || !first || !again) throw new Error('each command has a cost');
  return { count, parse, lint, report, print, first, again };
}

function middle(costs: readonly Cost[]): Cost {
  const of = (key: keyof Cost): number => median(costs.map((cost) => cost[key]));
  return { cpu: of('cpu'), wall: of('wall'), memory: of('memory') };
}

function adapted(caddy: string, out: string, build: Cost): string {
  const [costs = []] = inTurn(1, [
    {
      name: 'caddy adapt',
      words: [caddy, 'adapt', '--config', join(out, 'caddy/Caddyfile'), '--adapter', 'caddyfile'],
    },
  ]);
  const { cpu } = middle(costs);
  return `- \`caddy adapt\` reads our Caddyfile of 10 000 sites in ${(cpu / 1000).toFixed(1)} s of processor time: \`build\` takes ${(build.cpu / cpu).toFixed(2)} of it`;
}
