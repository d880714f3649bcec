import { folder, glob, isPattern } from '../source/paths.ts';
import { UsageError } from './io.ts';
import type { FileTree } from './tree.ts';

/** The files that a path or a pattern names. */
export function matching(path: string, tree: FileTree): string[] {
  if (!isPattern(path)) return tree.isFile(path) ? [path] : [];
  const base = folder(path.slice(0, path.search(/[*?[]/)));
  const depth = path.split('/').length - (base === '' ? 0 : base.split('/').length);
  const listed = new Map(below(tree, base, depth).map((one) => [one, '']));
  return glob(listed, path);
}

function below(tree: FileTree, base: string, depth: number): string[] {
  if (depth < 1) return [];
  try {
    return tree.names(base === '' ? '.' : base).flatMap((entry) => {
      const name = base === '' ? entry : base === '/' ? `/${entry}` : `${base}/${entry}`;
      if (tree.isFile(name)) return depth === 1 ? [name] : [];
      return depth > 1 && tree.isFolder(name) ? below(tree, name, depth - 1) : [];
    });
  } catch (problem) {
    if (problem instanceof UsageError) throw problem;
    // A folder that is not there has no files.
    return [];
  }
}
