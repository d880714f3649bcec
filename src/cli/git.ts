import { posix } from 'node:path';
import { treeOf } from './git-tree.ts';
import { type Io, UsageError } from './io.ts';
import { findProgram, run } from './programs.ts';
import type { FileTree } from './tree.ts';

/** `git:REV:PATH`: a path among the files of a commit. */
export interface Committed {
  readonly rev: string;
  /** From the top of the repository; `.` is the top itself. */
  readonly path: string;
  readonly tree: FileTree;
}

/**
 * Finds what `git:REV:PATH` names, as `git show REV:PATH` would: from the top of the repository, or from here when the
 * path begins with `./` or `../`. Git is started without a shell, and REV can never be an option of it.
 */
export async function committed(spec: string, io: Pick<Io, 'cwd' | 'env'>): Promise<Committed> {
  const { rev, path: written } = partsOf(spec);
  const git = await repository(io);
  const found = await git.ask(['rev-parse', '--verify', '--quiet', '--end-of-options', `${rev}^{tree}`]);
  if (found.code !== 0) throw await unknownRevision(rev, git);
  const relative = /^\.{1,2}(?:\/|$)/.test(written);
  const path = posix.normalize(relative ? `${git.prefix}${written}` : written || '.').replace(/(?<=.)\/$/, '');
  if (path === '..' || path.startsWith('../')) {
    throw new UsageError(`${spec} leads out of the repository`, 'name a path inside it');
  }
  const tree = treeOf(found.stdout.trim(), rev, git);
  if (!tree.isFile(path) && !tree.isFolder(path)) throw await missingPath(path, rev, found.stdout.trim(), git);
  return { rev, path, tree };
}

function partsOf(spec: string): { readonly rev: string; readonly path: string } {
  const [, rev = '', path] = /^git:([^:]*)(?::(.*))?$/s.exec(spec) ?? [];
  const help = 'write `git:REV:PATH`, such as `git:main:edge/topology.yaml`';
  if (path === undefined) throw new UsageError(`${spec} names no path`, help);
  if (rev === '') throw new UsageError(`${spec} names no revision`, help);
  if (path.startsWith('/')) {
    throw new UsageError(
      `${spec}: a path of a commit begins at the top of the repository`,
      `write \`git:${rev}:${path.replace(/^\/+/, '')}\`, or \`./\` before a path that begins here`,
    );
  }
  return { rev, path };
}

export interface Repository {
  readonly program: string;
  readonly cwd: string;
  readonly env: Io['env'];
  /** Where this is below its top: `` or `edge/`. */
  readonly prefix: string;
  /** The top of the files that are checked out; absent in a bare repository. */
  readonly top?: string;
  readonly ask: (args: readonly string[]) => ReturnType<typeof run>;
}

async function repository({ cwd, env: given }: Pick<Io, 'cwd' | 'env'>): Promise<Repository> {
  const program = findProgram('git', given);
  if (!program) throw new UsageError('git is not installed: nothing of it can be read', 'install git, or name files');
  const env = { ...given, LC_ALL: 'C', GIT_TERMINAL_PROMPT: '0' };
  const ask: Repository['ask'] = (args) => run(program, args, env, cwd);
  const { code, stdout, output } = await ask(['rev-parse', '--show-prefix']);
  if (code !== 0) {
    const isNone = output.includes('not a git repository');
    throw new UsageError(
      isNone ? 'this folder is in no git repository' : `git cannot read this repository: ${firstLine(output)}`,
      isNone ? 'run it inside the repository that `git:…` is about' : 'see what `git status` says here',
    );
  }
  const top = await ask(['rev-parse', '--show-toplevel']);
  return {
    program,
    cwd,
    env,
    prefix: stdout.trimEnd(),
    ask,
    ...(top.code === 0 ? { top: top.stdout.trimEnd() } : {}),
  };
}

function firstLine(text: string): string {
  return (text.trim().split('\n')[0] ?? '').replace(/^fatal: /, '');
}

/** A clone that has only the last commits is the usual reason in CI. */
async function unknownRevision(rev: string, { ask }: Repository): Promise<UsageError> {
  const { stdout } = await ask(['rev-parse', '--is-shallow-repository']);
  if (stdout.trim() === 'true') {
    return new UsageError(
      `this clone has no revision \`${rev}\`: it is a shallow one, with the last commits only`,
      'run `git fetch --unshallow` before; in GitHub Actions give actions/checkout `fetch-depth: 0`, in GitLab set `GIT_DEPTH: 0`',
    );
  }
  return new UsageError(
    `this repository has no revision \`${rev}\``,
    'name a branch, a tag or a commit that `git log` shows; a branch of a remote is `origin/NAME`, after `git fetch`',
  );
}

async function missingPath(path: string, rev: string, tree: string, git: Repository): Promise<UsageError> {
  const { stdout } = await git.ask(['ls-tree', '-r', '-z', '--name-only', '--full-tree', tree]);
  const all = stdout.split('\0');
  const folders = `/${path}/`;
  const here = posix.normalize(`${git.prefix}${path}`);
  const isHere = all.some((one) => one === here || one.startsWith(`${here}/`));
  const alike = all.find((one) => posix.basename(one) === posix.basename(path) || `/${one}`.includes(folders));
  const help = isHere
    ? `paths begin at the top of the repository: write \`git:${rev}:./${path}\` or \`git:${rev}:${here}\``
    : alike
      ? `it has \`${alike}\`: was it moved?`
      : `\`git ls-tree -r --name-only ${rev}\` lists what it has`;
  return new UsageError(`\`${rev}\` has no file and no folder \`${path}\``, help);
}
