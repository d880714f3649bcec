import type { Diagnostic, Place } from '../../diagnostics/diagnostic.ts';
import { quoted } from '../../diagnostics/visible.ts';
import { covers, type Files, folder, glob, isPattern, within } from '../../source/paths.ts';
import type { Source } from '../../source/source.ts';
import { type Directive, deepest, type ParsedFile, parse } from './parse.ts';

/** An `include` that is not followed, because what it names is not among the files at hand. */
export interface Unresolved {
  readonly place: Place;
  readonly pattern: string;
  /** `outside`: an absolute path elsewhere. `fragment`: only the main file, which is not here, says where it is. */
  readonly reason: 'outside' | 'fragment';
}

/** All files of a configuration, each read once; `include` directives carry the files that they name. */
export interface NginxTree {
  readonly main: ParsedFile;
  readonly files: ReadonlyMap<string, ParsedFile>;
  readonly unresolved: readonly Unresolved[];
  /** What is wrong with `include` directives, by the directive. */
  readonly failed: ReadonlyMap<Directive, Diagnostic>;
}

/** Directives with all includes put in place; a configuration beyond this is made to be a burden, or by accident. */
const mostDirectives = 200_000;
/** Where packages, and our own layout, put nginx: an absolute path from there is looked up beside the main file. */
const installed =
  /^\/(?:etc\/(?:edge\/)?nginx|usr\/local\/nginx\/conf|usr\/local\/etc\/nginx|usr\/local\/openresty\/nginx\/conf)\//;

interface Loading {
  readonly files: Files;
  /** Those that were read. */
  readonly sources: Map<string, Source>;
  readonly prefix: string;
  /** No `http` or `events`: the main file that gives relative paths their meaning is not known. */
  readonly fragment: boolean;
  /** What patterns have named, for those that are used again. */
  readonly found: Map<string, string[]>;
  readonly parsed: Map<string, ParsedFile>;
  readonly loaded: Map<string, ParsedFile>;
  /** Files on the way from the main file to here. */
  readonly open: Set<string>;
  readonly unresolved: Unresolved[];
  readonly failed: Map<Directive, Diagnostic>;
}

/** Reads the file `main` and what it includes. It must be among the files. Never throws on what is in them. */
export function readTree(files: Files, main: string): NginxTree {
  const sources = new Map<string, Source>();
  const first = parse(main, files.get(main) ?? '', sources);
  const loading: Loading = {
    files,
    sources,
    prefix: folder(main),
    fragment: !first.directives.some(({ name, block }) => block && /^(?:events|http|stream|mail)$/.test(name)),
    found: new Map(),
    parsed: new Map([[main, first]]),
    loaded: new Map(),
    open: new Set(),
    unresolved: [],
    failed: new Map(),
  };
  const loaded = load(first, loading);
  return { main: loaded, files: loading.loaded, unresolved: loading.unresolved, failed: loading.failed };
}

/** The file with its includes in place. Each is done once and shared, so that the work is linear in what is written. */
function load(file: ParsedFile, loading: Loading): ParsedFile {
  const known = loading.loaded.get(file.path);
  if (known) return known;
  loading.open.add(file.path);
  let [size, depth] = [file.size, file.depth];

  const follow = (directive: Directive, level: number): Directive => {
    const { paths, empty, failure: notFound } = lookUp(directive, file.source, loading);
    const included: ParsedFile[] = [];
    let failure = notFound;
    for (const path of paths) {
      if (loading.open.has(path)) failure = includesItself(path);
      else if (loading.open.size >= deepest) failure = includesTooDeep;
      else {
        const next = load(parsed(path, loading), loading);
        if (size + next.size > mostDirectives) failure = tooMuch;
        else if (level + next.depth + 1 > deepest) failure = includesTooDeep;
        else {
          included.push(next);
          size += next.size;
          depth = Math.max(depth, level + next.depth + 1);
        }
      }
    }
    const followed = { ...directive, included, ...(paths.length === 0 && !empty ? { unread: true } : {}) };
    if (failure) loading.failed.set(followed, diagnosed(directive, file.source, failure));
    return followed;
  };
  const resolve = (directives: readonly Directive[], level: number): Directive[] =>
    directives.map((directive) => {
      if (directive.name === 'include' && directive.args.length === 1 && !directive.block)
        return follow(directive, level);
      return directive.block?.length ? { ...directive, block: resolve(directive.block, level + 1) } : directive;
    });

  const directives = resolve(file.directives, 0);
  const loaded = { ...file, directives, size, depth };
  loading.open.delete(file.path);
  loading.loaded.set(file.path, loaded);
  return loaded;
}

function parsed(path: string, { files, sources, parsed: known }: Loading): ParsedFile {
  const file = known.get(path) ?? parse(path, files.get(path) ?? '', sources);
  known.set(path, file);
  return file;
}

interface Found {
  readonly paths: string[];
  /** A pattern for which there is no file: nginx reads on. */
  readonly empty?: boolean;
  readonly failure?: Failure;
}

/** The paths that an `include` names, as nginx finds them: relative to the folder of the main file. */
function lookUp(directive: Directive, source: Source, loading: Loading): Found {
  const word = directive.args[0];
  const pattern = word?.text ?? '';
  const { files, fragment, prefix } = loading;
  let paths = loading.found.get(pattern);
  if (!paths) {
    paths = places(pattern, loading)
      .map((path) => (isPattern(path) ? glob(files, path) : files.has(path) ? [path] : []))
      .find((found) => found.length > 0);
    loading.found.set(pattern, paths ?? []);
  }
  if (paths && paths.length > 0) return { paths };

  const outside = pattern.startsWith('/') && !covers(files, prefix, pattern);
  if (outside || fragment) {
    const place = source.place(word?.span.start ?? 0, word?.span.end ?? 0);
    loading.unresolved.push({ place, pattern, reason: outside ? 'outside' : 'fragment' });
    return { paths: [] };
  }
  return isPattern(pattern) ? { paths: [], empty: true } : { paths: [], failure: missing(pattern, prefix) };
}

/** Where a path may be meant, the likeliest first. `prefix`: the folder of the main file, or of a fragment of it. */
export function places(pattern: string, { prefix, fragment }: Pick<Loading, 'prefix' | 'fragment'>): string[] {
  if (pattern.startsWith('/')) return [within('', pattern), within(prefix, pattern.replace(installed, ''))];
  const bases = [prefix];
  // A file of conf.d is included by one of the folders above it.
  if (fragment) for (let base = prefix; base !== '' && base !== '/'; base = folder(base)) bases.push(folder(base));
  return bases.map((base) => within(base, pattern));
}

interface Failure {
  readonly rule: string;
  readonly message: string;
  readonly why?: string;
  readonly help: string;
}

function diagnosed(directive: Directive, source: Source, failure: Failure): Diagnostic {
  const span = directive.args[0]?.span ?? directive.span;
  return { ...failure, severity: 'error', place: source.place(span.start, span.end), targets: ['nginx'] };
}

function missing(pattern: string, prefix: string): Failure {
  return {
    rule: 'nginx-include',
    message: `the included file ${quoted(pattern)} is not there`,
    why: 'nginx does not start',
    help: pattern.startsWith('/')
      ? 'correct the path'
      : `relative paths begin at the folder of the main file${prefix ? `, ${quoted(prefix)}` : ''}, also in files that it includes`,
  };
}

function includesItself(path: string): Failure {
  return {
    rule: 'nginx-include',
    message: `${quoted(path)} includes itself, here or by way of other files`,
    why: 'nginx opens it over and over, until it may not open more files, and does not start',
    help: 'take the include out',
  };
}

const tooMuch: Failure = {
  rule: 'nginx-include',
  message: `with this include the configuration has more than ${mostDirectives} directives`,
  help: 'is a file included many times over? The include is not followed here',
};

const includesTooDeep: Failure = {
  rule: 'nginx-include',
  message: `with this include there are more than ${deepest} includes and blocks inside each other`,
  help: 'the include is not followed here',
};
