import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { median } from './process.ts';
import { against } from './table.ts';
import { manySites } from './topologies.ts';

const saves = 30;

/** From the moment that a topology of 100 sites is saved until what was built of it is written. */
export async function watch(program: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  const file = join(folder, 'topology.yaml');
  const text = manySites(100);
  writeFileSync(file, text);
  const child = spawn(process.execPath, [program, 'build', file, '-o', join(folder, 'out'), '--watch'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (more: string) => {
    said += more;
  });
  const until = async (isThere: () => boolean): Promise<void> => {
    const deadline = performance.now() + 30_000;
    while (!isThere()) {
      if (performance.now() > deadline || child.exitCode !== null) throw new Error(`nothing was built\n${said}`);
      await sleep(1);
    }
  };
  const manifest = (): string => readFileSync(join(folder, 'out/manifest.json'), 'utf8');
  try {
    await until(() => said.includes('watching'));
    const waits: number[] = [];
    for (let save = 0; save < saves; save++) {
      const before = manifest();
      const start = performance.now();
      writeFileSync(file, text.replace('3000', String(4000 + save)));
      // The manifest is written last.
      await until(() => manifest() !== before);
      waits.push(performance.now() - start);
      await sleep(100);
    }
    // The first ones warm up.
    const settled = waits.slice(10);
    return `From saving to the last file written, 100 sites, the median of ${settled.length} saves: ${against(median(settled), 50, ' ms')} (the very first: ${waits[0]?.toFixed(0)} ms).`;
  } finally {
    child.kill();
    rmSync(folder, { recursive: true, force: true });
  }
}
