import { basename, join, posix } from 'node:path';
import { places } from '../judge/nginx/read.ts';
import { type Files, folder, within } from '../source/paths.ts';
import { type Io, reason, UsageError } from './io.ts';
import { matching } from './matching.ts';
import type { FileTree } from './tree.ts';

/** What a file is written in. */
export type Language = 'topology' | 'caddy' | 'nginx';

/** Files of a hand-written configuration, by the names that messages call them. */
export interface Configuration {
  readonly main: string;
  readonly files: Files;
}

/** More than this is no configuration that somebody wrote. */
const mostFiles = 2_000;
const mostBytes = 32 * 1024 * 1024;

/** By its name: `Caddyfile`, `nginx.conf`, a folder of them; everything else is a topology. */
export function languageOf(tree: FileTree, file: string | undefined, as: Language | undefined): Language {
  if (as !== undefined) return as;
  if (file === undefined || file === '-') return 'topology';
  if (tree.isFolder(file)) {
    const names = tree.names(file);
    if (names.includes('Caddyfile')) return 'caddy';
    if (names.some((name) => name.endsWith('.conf'))) return 'nginx';
    if (names.some((name) => /\.caddy(?:file)?$/i.test(name))) return 'caddy';
    if (names.includes('topology.yaml')) return 'topology';
    throw new UsageError(
      `${file} is a folder without a Caddyfile, a .conf file or a topology.yaml`,
      'name a file, or say what it is with `--as nginx` or `--as caddy`',
    );
  }
  const name = basename(file);
  if (/^Caddyfile(?:$|\.)|\.caddy(?:file)?$/i.test(name)) return 'caddy';
  return /\.(?:conf|nginx|vhost)$/i.test(name) ? 'nginx' : 'topology';
}

/** A file with all that it includes, as far as that is on this machine; a folder as if each of its files were included. */
export async function readConfiguration(
  { stdin }: Pick<Io, 'stdin'>,
  tree: FileTree,
  file: string,
  language: Exclude<Language, 'topology'>,
): Promise<Configuration> {
  if (file === '-') {
    const main = '<stdin>';
    return { main, files: new Map([[main, textOf(await stdin.read())]]) };
  }
  const name = posix.normalize(file.replaceAll('\\', '/'));
  const loading: Loading = { tree, language, files: new Map(), bytes: 0 };
  if (!tree.isFolder(name)) {
    load(name, loading);
    follow(name, name, loading);
    return { main: name, files: loading.files };
  }
  const names = tree.names(name).sort();
  const known = names.find((one) => one === (language === 'nginx' ? 'nginx.conf' : 'Caddyfile'));
  if (known) return readConfiguration({ stdin }, tree, join(name, known), language);
  const parts = names.filter((one) => !one.startsWith('.') && !tree.isFolder(join(name, one)));
  const wanted = language === 'nginx' ? /\.conf$/ : /\.caddy(?:file)?$/i;
  // sites-enabled has no endings.
  const chosen = parts.some((one) => wanted.test(one)) ? parts.filter((one) => wanted.test(one)) : parts;
  const main = `${name.replace(/\/$/, '')}/*`;
  const word = language === 'nginx' ? 'include' : 'import';
  const end = language === 'nginx' ? ';' : '';
  loading.files.set(main, chosen.map((one) => `${word} "${one}"${end}\n`).join(''));
  follow(main, main, loading);
  return { main, files: loading.files };
}

interface Loading {
  readonly tree: FileTree;
  readonly language: Exclude<Language, 'topology'>;
  readonly files: Map<string, string>;
  bytes: number;
}

function load(name: string, loading: Loading): void {
  try {
    const bytes = loading.tree.read(name);
    loading.bytes += bytes.length;
    if (loading.files.size >= mostFiles || loading.bytes > mostBytes) {
      throw new UsageError(
        `more than ${mostFiles} files or ${mostBytes / 1024 / 1024} MB are included`,
        'is it the right file?',
      );
    }
    loading.files.set(name, textOf(bytes));
  } catch (problem) {
    if (problem instanceof UsageError) throw problem;
    throw new UsageError(`cannot read ${name}: ${reason(problem)}`, 'check the path, and who may read it');
  }
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
}

/** Reads what a file names behind `include` or `import`. What is not there is told by the reader of the language. */
function follow(name: string, main: string, loading: Loading): void {
  const text = loading.files.get(name) ?? '';
  const pattern = loading.language === 'nginx' ? /(?:^|[;{}\s])include\s+([^;#]+);/g : /^[ \t]*import\s+(\S+)/gm;
  for (const [, word = ''] of text.matchAll(pattern)) {
    const wanted = word.trim().replace(/^(["'`])(.*)\1$/s, '$2');
    // Whether the main file is a fragment is known when it is read: until then it may be one.
    const paths =
      loading.language === 'nginx'
        ? places(wanted, { prefix: folder(main), fragment: true })
        : [within(folder(name), wanted)];
    for (const path of paths) {
      for (const found of matching(path, loading.tree)) {
        if (loading.files.has(found)) continue;
        load(found, loading);
        follow(found, main, loading);
      }
    }
  }
}
