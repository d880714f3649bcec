import { spawnSync } from 'node:child_process';
import type { Repository } from './git.ts';
import { UsageError } from './io.ts';
import { diskTree, type FileTree } from './tree.ts';

/** More than anybody has in one folder, or writes into one file. */
const mostBytes = 64 * 1024 * 1024;

type Entry = { readonly kind: 'file' | 'folder' | 'link' | 'module'; readonly object: string };

/** The files of a commit. Each folder is listed once, each file read when it is asked for. */
export function treeOf(root: string, rev: string, git: Repository): FileTree {
  const output = (args: readonly string[]): Buffer => {
    const { program, cwd, env } = git;
    const { status, stdout, stderr, error } = spawnSync(program, args, { cwd, env: { ...env }, maxBuffer: mostBytes });
    if (status === 0) return stdout;
    const why = error?.message ?? stderr.toString().trim();
    throw new UsageError(`git cannot read the files of ${rev}: ${why}`, 'see what `git fsck` says');
  };
  const listed = new Map<string, ReadonlyMap<string, Entry>>();
  const list = (object: string): ReadonlyMap<string, Entry> => {
    const entries = listed.get(object) ?? entriesOf(output(['ls-tree', '-z', '--full-tree', object]).toString());
    listed.set(object, entries);
    return entries;
  };
  const blob = (object: string): Buffer => output(['cat-file', 'blob', object]);

  /** Follows links, as the kernel does where the files are checked out. */
  const find = (path: string): Entry | undefined => {
    const top: Entry = { kind: 'folder', object: root };
    let rest = path.split('/');
    let way: readonly { readonly name: string; readonly entry: Entry }[] = [];
    for (let links = 0; rest.length > 0; ) {
      const [name = '', ...behind] = rest;
      rest = behind;
      if (name === '' || name === '.') continue;
      if (name === '..') {
        if (way.length === 0) return undefined;
        way = way.slice(0, -1);
        continue;
      }
      const folder = way.at(-1)?.entry ?? top;
      const entry = folder.kind === 'folder' ? list(folder.object).get(name) : undefined;
      if (!entry) return undefined;
      if (entry.kind !== 'link') {
        way = [...way, { name, entry }];
        continue;
      }
      const target = blob(entry.object).toString();
      if (target.startsWith('/')) {
        const link = [...way.map((one) => one.name), name].join('/');
        throw new UsageError(
          `\`${link}\` of \`${rev}\` is a link to ${target}, which is in no commit`,
          'compare files that are checked out, or make it a relative link',
        );
      }
      if (++links > 40) return undefined;
      rest = [...target.split('/'), ...rest];
    }
    return way.at(-1)?.entry ?? top;
  };
  const inside = (path: string): Entry | undefined => (path.startsWith('/') ? undefined : find(path));
  const tree: FileTree = {
    isFile: (path) => inside(path)?.kind === 'file',
    isFolder: (path) => inside(path)?.kind === 'folder',
    names(folder) {
      const entry = inside(folder);
      return entry?.kind === 'folder' ? [...list(entry.object).keys()] : [];
    },
    read(path) {
      const entry = inside(path);
      if (entry?.kind === 'file') return blob(entry.object);
      throw Object.assign(new Error(`${path} is no file of ${rev}`), { code: 'ENOENT' });
    },
    exists: (path) =>
      path.startsWith('/') || git.top === undefined
        ? diskTree(git.cwd).exists(path)
        : tree.isFile(path) || diskTree(git.top).exists(path),
    existsFolder: (path) =>
      path.startsWith('/') || git.top === undefined
        ? diskTree(git.cwd).isFolder(path)
        : tree.isFolder(path) || diskTree(git.top).isFolder(path),
  };
  return tree;
}

function entriesOf(text: string): Map<string, Entry> {
  const kinds = { blob: 'file', tree: 'folder', commit: 'module' } as const;
  const entries = new Map<string, Entry>();
  for (const [, mode, type = 'blob', object = '', name = ''] of text.matchAll(/(\d+) (\w+) (\w+)\t([^\0]*)\0/g)) {
    const kind = mode === '120000' ? 'link' : kinds[type as keyof typeof kinds];
    entries.set(name, { kind, object });
  }
  return entries;
}
