import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Topology } from '../../../src/model/topology.ts';
import { valid } from '../../properties/topologies.ts';

const top = join(import.meta.dirname, '../../..');

/** The topologies whose output is kept in the repository. */
export const goldens: readonly (readonly [name: string, topology: Topology])[] = ['examples', 'test/targets'].flatMap(
  (folder) =>
    readdirSync(join(top, folder)).map((name) => {
      const path = join(folder, name, 'topology.yaml');
      return [path, valid(readFileSync(join(top, path), 'utf8'), path)] as const;
    }),
);
