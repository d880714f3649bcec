import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Command, inTurn, median } from './process.ts';
import { against, table } from './table.ts';
import { manySites } from './topologies.ts';

/** What the program costs above a Node that does nothing: the middle of the differences of each round. */
export function startup(program: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  const file = join(folder, 'topology.yaml');
  writeFileSync(file, manySites(10));
  const run = (name: string, ...args: readonly string[]): Command => ({
    name,
    words: [process.execPath, program, ...args],
  });
  const commands: Command[] = [
    { name: 'node -e 0', words: [process.execPath, '-e', '0'] },
    run('`--version`', '--version'),
    run('`lint` of 10 sites', 'lint', file),
    {
      ...run('`build` of 10 sites', 'build', file, '-o', join(folder, 'out')),
      before: () => rmSync(join(folder, 'out'), { recursive: true, force: true }),
    },
  ];
  try {
    const [bare = [], ...others] = inTurn(25, commands);
    const limits = [20, 45, 45];
    const rows = others.map((costs, index) => {
      const above = (of: 'wall' | 'cpu') => median(costs.map((cost, round) => cost[of] - (bare[round]?.[of] ?? 0)));
      const ratio = median(costs.map((cost, round) => cost.wall / (bare[round]?.wall ?? 1)));
      return [
        commands[index + 1]?.name ?? '',
        against(above('wall'), limits[index] ?? 0, ' ms'),
        `${above('cpu').toFixed(0)} ms`,
        `${ratio.toFixed(2)} ×`,
      ];
    });
    const base = `\`node -e 0\`: ${median(bare.map(({ wall }) => wall)).toFixed(0)} ms, the medians of 25 rounds; each command in each round.`;
    return `${base}\n\n${table(['command', 'above it', 'processor time above it', 'ratio'], rows)}`;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
