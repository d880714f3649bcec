import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Topology } from '../../../src/model/topology.ts';
import { isReadBack, judgeCase } from '../../golden.ts';

const top = join(import.meta.dirname, '../../..');

/** The topologies whose output is kept in the repository, as far as a Caddyfile is read back as their words. */
export const goldens: readonly (readonly [name: string, topology: Topology])[] = ['examples', 'test/targets'].flatMap(
  (folder) =>
    readdirSync(join(top, folder)).flatMap((name) => {
      const path = join(folder, name, 'topology.yaml');
      const { topology } = judgeCase(join(top, folder, name));
      if (!topology) throw new Error(`${path} has mistakes`);
      return isReadBack(topology) ? [[path, topology] as const] : [];
    }),
);
