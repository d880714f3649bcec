import { compile } from '../compile.ts';
import type { BuiltFile, Side } from '../diff/side.ts';
import { isBroken } from '../diff/side.ts';
import { withoutSecrets } from '../model/secrets.ts';
import type { Topology } from '../model/topology.ts';
import { type Io, readFrom, readInput } from './io.ts';
import { type JudgeOptions, judgeInput } from './judge.ts';
import { judged, type Loaded, type LoadOptions, readCaRoot } from './load.ts';
import { diskTree, type FileTree } from './tree.ts';

export interface SideOptions extends JudgeOptions, LoadOptions {
  readonly showSecrets?: boolean;
}

/** One input of `diff`: a file, a folder, or what `git:REV:PATH` names. */
export async function readSide(spec: string, options: SideOptions, io: Io): Promise<Side> {
  if (!spec.startsWith('git:')) return sideOf(spec, '', spec, diskTree(io.cwd), options, io);
  const { committed } = await import('./git.ts');
  const { rev, path, tree } = await committed(spec, io);
  // Of a whole hash nobody reads more than the beginning.
  const shown = /^[0-9a-f]{40,}$/.test(rev) ? rev.slice(0, 10) : rev;
  return sideOf(spec, `git:${shown}:`, path, tree, options, io);
}

async function sideOf(
  name: string,
  prefix: string,
  path: string,
  tree: FileTree,
  options: SideOptions,
  io: Io,
): Promise<Side> {
  const configuration = await judgeInput(io, path, options, { tree });
  if (configuration) {
    const { files, routes } = configuration;
    return { name, prefix, files, routes };
  }
  const loaded = judged(io, prefix === '' ? await readInput(io, path) : readFrom(tree, path), options);
  const side = topologySide(name, prefix, loaded);
  const output = isBroken(side) ? undefined : outputOf(loaded, options);
  return output ? { ...side, output } : side;
}

/** A topology as one of the two, without its output. */
export function topologySide(name: string, prefix: string, { files, reports = [] }: Loaded): Side {
  return { name, prefix, files, routes: reports };
}

/** What a build writes, except that it stops for an exceeded budget. Other errors leave nothing to compare. */
function outputOf(loaded: Loaded, { showSecrets }: SideOptions): BuiltFile[] | undefined {
  const { topology, diagnostics } = loaded;
  const isWrong = diagnostics.some(({ severity, rule }) => severity === 'error' && rule !== 'over-budget');
  if (!topology || isWrong) return undefined;
  const caRoot = readCaRoot(loaded);
  const made = (one: Topology) => compile(one, caRoot === undefined ? {} : { caRoot });
  const files = made(topology);
  const open = showSecrets ? topology : withoutSecrets(topology);
  const texts = new Map((open === topology ? files : made(open)).map(({ path, text }) => [path, text]));
  return files.map((file) => ({ ...file, shown: texts.get(file.path) ?? '' }));
}
