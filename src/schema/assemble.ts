import { closest } from '../diagnostics/closest.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { entry, get, type Node, type Scalar } from '../source/node.ts';
import { type FilesAround, folder, isPattern, within } from '../source/paths.ts';
import { type Reading, read } from '../source/read.ts';
import type { Source } from '../source/source.ts';
import type { Variables } from '../source/variables.ts';
import { join } from './join.ts';
import { lay } from './overlay.ts';
import { replaceNames, textOf } from './replace.ts';

/** Why there is nothing to judge: the call is wrong, not a file. */
export interface Problem {
  readonly message: string;
  readonly help: string;
}

export interface Assembling {
  readonly files?: FilesAround;
  /** The environment whose overlay is laid over the file. */
  readonly env?: string;
  readonly variables: Variables;
}

/** A topology in all its files: one tree in which every value knows the file that wrote it. */
export interface Assembled {
  /** The main file, its overlay, what is included: in this order. */
  readonly readings: readonly Reading[];
  /** Absent: one of the files cannot be understood at all. */
  readonly root?: Node;
  readonly diagnostics: readonly Diagnostic[];
  readonly problem?: Problem;
}

/** More than anybody writes by hand. */
const mostFiles = 2_000;

/** Reads a topology, its overlay and what is included, and puts them together. */
export function assemble(name: string, bytes: Uint8Array | string, around: Assembling): Assembled {
  const together = new Map<string, Source>();
  const main = read(name, bytes, together);
  const overlay = around.env === undefined ? undefined : readOverlay(name, around.env, around.files, together);
  if (overlay && 'message' in overlay) return { readings: [main], diagnostics: [], problem: overlay };
  const found: Diagnostic[] = [];
  const named = (root: Node | undefined) => root && replaceNames(root, around.variables, found);
  const [base, over] = [named(main.root), named(overlay?.root)];
  // A list like any other: that of the overlay replaces the file's own.
  const list = entry(over, 'include')?.value ?? get(base, 'include');
  const included = list ? includedFiles(list, main.source, overlay?.source, around, together, found) : [];
  const readings = [main, ...(overlay ? [overlay] : []), ...included];
  const root = base && joined(base, named, included, main.source, found);
  const laid = root && over ? lay(root, over, found) : root;
  const isBroken = readings.some((one) => !one.root && one.diagnostics.length > 0);
  return {
    readings,
    diagnostics: [...readings.flatMap((one) => one.diagnostics), ...found],
    ...(laid && !isBroken ? { root: laid } : {}),
  };
}

function joined(
  base: Node,
  named: (root: Node | undefined) => Node | undefined,
  included: readonly Reading[],
  main: Source,
  found: Diagnostic[],
): Node {
  if (base.kind !== 'mapping') return base;
  const parts = included.flatMap(({ root, source }) => {
    const part = named(root);
    return part ? [{ root: part, source }] : [];
  });
  return join(base, parts, main, found);
}

/** `topology.staging.yaml` for `topology.yaml`. */
export function overlayName(name: string, env: string): string {
  const main = name === '<stdin>' ? 'topology.yaml' : name;
  const [ending = ''] = /\.ya?ml$/i.exec(main) ?? [];
  return `${main.slice(0, main.length - ending.length)}.${env}${ending}`;
}

function readOverlay(
  name: string,
  env: string,
  files: FilesAround | undefined,
  together: Map<string, Source>,
): Reading | Problem {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(env)) {
    const help = 'write one of letters, digits, `-`, `_` and `.`';
    return { message: `\`${env}\` is not a name of an environment`, help };
  }
  const path = overlayName(name, env);
  const bytes = files?.read(path);
  if (bytes !== undefined) return allowEmpty(read(path, bytes, together));
  const [start = '', end = ''] = overlayName(name, '\n').split('\n');
  const known = (files?.matching(`${start}*${end}`) ?? []).map((one) =>
    one.slice(start.length, one.length - end.length),
  );
  const guess = closest(env, known);
  const listed = known.length > 0 ? `there is ${known.map((one) => `\`--env ${one}\``).join(', ')}` : undefined;
  return {
    message: `there is no file ${path}`,
    help: guess ? `did you mean \`--env ${guess}\`?` : (listed ?? 'write it: what it says is laid over the topology'),
  };
}

/** A file beside the main one may say nothing. */
function allowEmpty(reading: Reading): Reading {
  return { ...reading, diagnostics: reading.diagnostics.filter(({ rule }) => rule !== 'yaml-empty') };
}

/** The files that `include` names, each once. */
function includedFiles(
  list: Node,
  main: Source,
  overlay: Source | undefined,
  around: Assembling,
  together: Map<string, Source>,
  found: Diagnostic[],
): Reading[] {
  if (list.kind !== 'sequence') return [];
  const { files, variables } = around;
  const readings: Reading[] = [];
  const say = (item: Scalar, severity: 'error' | 'warning', rule: string, message: string, help: string): void => {
    found.push({ rule, severity, message, help, place: item.at });
  };
  const self = within('', main.name);
  const laid = overlay && within('', overlay.name);
  const isOverlay = new RegExp(`^${escaped(overlayName(self, '\n')).replace('\n', '[^/]+')}$`);
  for (const item of list.items) {
    if (item.kind !== 'scalar' || typeof item.value !== 'string') continue;
    const text = textOf(item.value, item.at, variables, found);
    if (text === undefined || text === '') continue;
    const path = within(folder(main.name), text);
    const paths = isPattern(path) ? (files?.matching(path) ?? []) : [path];
    if (paths.length === 0) {
      say(
        item,
        'warning',
        'reference-include',
        `no file matches \`${item.value}\``,
        'a path is relative to the topology file',
      );
    }
    for (const one of paths) {
      if (one === self || one === laid || (isPattern(path) && isOverlay.test(one))) {
        const what = one === self ? 'the topology itself' : `${one}, which \`--env\` lays over the topology`;
        const help = 'put what is included into a folder of its own: `./sites/*.yaml`';
        say(item, 'error', 'reference-include', `\`${item.value}\` names ${what}`, help);
        continue;
      }
      if (together.has(one)) continue;
      if (readings.length >= mostFiles) {
        say(item, 'error', 'reference-include', `more than ${mostFiles} files are included`, 'is it the right folder?');
        return readings;
      }
      const bytes = files?.read(one);
      if (bytes !== undefined) readings.push(allowEmpty(read(one, bytes, together)));
      else {
        say(
          item,
          'error',
          'reference-file',
          `there is no file ${JSON.stringify(item.value)}`,
          'a path is relative to the topology file',
        );
      }
    }
  }
  return readings;
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}
