/**
 * Puts random input to the program for some minutes (`npm run fuzz -- 30`; 10 when none are given), with another seed each
 * time, and ends at the first that it does not survive. Little memory is left to it, so that a blow-up is found as well.
 */
import { spawnSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { join } from 'node:path';

const minutes = Number(process.argv[2] ?? 10);
if (!(minutes > 0)) throw new Error(`${process.argv[2]} is not a number of minutes`);
const args = [join('node_modules', 'vitest', 'vitest.mjs'), 'run', '--project', 'random', '--reporter=dot'];

const end = performance.now() + minutes * 60_000;
let rounds = 0;
do {
  const seed = randomInt(2 ** 30);
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
    env: { ...process.env, NO_COLOR: '1', PROXYWRIGHT_SEED: String(seed), NODE_OPTIONS: '--max-old-space-size=1024' },
  });
  if (status !== 0) {
    console.log(`${stdout}\n${stderr}\nseed ${seed} (again: PROXYWRIGHT_SEED=${seed} npx vitest run --project random)`);
    process.exit(1);
  }
  rounds++;
  console.log(`round ${rounds}, seed ${seed}: survived`);
} while (performance.now() < end);
