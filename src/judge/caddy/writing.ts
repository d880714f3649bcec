import type { Edit } from '../../diagnostics/diagnostic.ts';
import type { Setting } from '../../report/tuning.ts';
import { indentOf, lineBreak, lineEnd, lineStart } from '../../source/lines.ts';
import { createSource, type Source } from '../../source/source.ts';
import { type Line, Unwritable, type Wish, type Written } from '../adjust.ts';
import type { ReadProxy } from './proxy.ts';
import type { CaddyDirective } from './tree.ts';
import { directives, exceeds, writtenFor } from './tuning.ts';

/** Somebody who is asked on some route. */
export interface Asked {
  readonly route: string;
  readonly read: ReadProxy;
}

interface Work {
  readonly sources: ReadonlyMap<string, Source>;
  readonly edits: Edit[];
  readonly lines: Line[];
  /** Lines that are new in a block, by where its directive is written. */
  readonly added: Map<string, { readonly directive: CaddyDirective; readonly lines: New[]; readonly transport: New[] }>;
}

interface New {
  readonly text: string;
  readonly routes: ReadonlySet<string>;
}

/**
 * The edits that give each route what it needs. What several routes import is one text: it is changed where all of them
 * need it.
 */
export function write(wishes: readonly Wish[], all: readonly Asked[], sources: ReadonlyMap<string, Source>): Written {
  const work: Work = { sources, edits: [], lines: [], added: new Map() };
  for (const setting of Object.keys(directives) as Setting[]) {
    const wanted = wishes.filter((wish) => wish.setting === setting);
    if (wanted.length > 0) grant(setting, new Map(wanted.map(({ route, to }) => [route, to])), all, work);
  }
  for (const { directive, lines, transport } of work.added.values()) insert(directive, lines, transport, work);
  return { edits: work.edits, lines: work.lines };
}

/** Where the same text is, however often it is imported. */
function keyOf({ file, head }: CaddyDirective): string {
  return `${file} ${head.span.start}`;
}

function grant(setting: Setting, wanted: ReadonlyMap<string, number>, all: readonly Asked[], work: Work): void {
  const groups = new Map<string, Asked[]>();
  for (const asked of all) {
    const key = keyOf(lineOf(asked.read.directive, setting) ?? asked.read.directive);
    groups.set(key, [...(groups.get(key) ?? []), asked]);
  }
  for (const group of groups.values()) {
    const needs = group.filter(({ route, read }) =>
      exceeds(read.proxy, setting, wanted.get(route) ?? Number.POSITIVE_INFINITY),
    );
    const [first] = needs;
    if (!first) continue;
    const { directive, proxy } = first.read;
    const line = lineOf(directive, setting);
    const isShared = group.some((one) => !needs.includes(one) && one.read.directive !== directive);
    const name = directives[setting];
    const to = Math.min(...needs.map(({ route }) => wanted.get(route) ?? Number.POSITIVE_INFINITY));
    const routes = new Set(needs.map(({ route }) => route));
    if (isShared) {
      const shared = line ?? directive;
      throw new Unwritable(
        `\`${shared.name}\` in line ${shared.line} of ${shared.file} is imported by other routes as well`,
        routes,
      );
    }
    const text = writtenFor(proxy, setting, to);
    if (line) replace(line, text, routes, work);
    // One attempt: what keeps trying for some time must end, too.
    const duration = setting === 'tries' && to === 1 ? lineOf(directive, 'window') : undefined;
    if (duration) replace(duration, '0s', routes, work);
    if (line || duration) continue;
    const known = work.added.get(keyOf(directive)) ?? { directive, lines: [], transport: [] };
    work.added.set(keyOf(directive), known);
    (isOfTransport(setting) ? known.transport : known.lines).push({ text: `${name} ${text}`, routes });
  }
}

function isOfTransport(setting: Setting): boolean {
  return setting === 'connect' || setting === 'response_header';
}

/** Where a setting of a proxy is written: of several lines the last one counts. */
function lineOf({ block = [] }: CaddyDirective, setting: Setting): CaddyDirective | undefined {
  const around = isOfTransport(setting) ? (transportOf(block)?.block ?? []) : block;
  return around.findLast(({ name }) => name === directives[setting]);
}

function transportOf(block: readonly CaddyDirective[]): CaddyDirective | undefined {
  return block.findLast(({ name }) => name === 'transport');
}

function replace(
  { name, args, line: number }: CaddyDirective,
  text: string,
  routes: ReadonlySet<string>,
  work: Work,
): void {
  const [word] = args;
  const source = word && work.sources.get(word.file);
  const written = word && source?.text.slice(word.span.start, word.span.end);
  if (
    !word ||
    !source ||
    (written !== word.text && written !== `${word.quote}${word.text}${word.quote}`) ||
    word.env.length > 0
  ) {
    throw new Unwritable(`the value of \`${name}\` comes from an argument or a variable`, routes);
  }
  work.edits.push({ source: word.file, ...word.span, text });
  work.lines.push({ file: word.file, number, text: `${name} ${text}`, routes });
}

function insert(directive: CaddyDirective, lines: readonly New[], transport: readonly New[], work: Work): void {
  const known = transportOf(directive.block ?? []);
  if (known && transport.length > 0) {
    inside(known, transport, work);
    if (lines.length > 0) inside(directive, lines, work);
  } else inside(directive, lines, work, transport);
}

/** New lines at the end of a block, which is opened where there is none; `transport`: lines for one inside of it. */
function inside(directive: CaddyDirective, lines: readonly New[], work: Work, transport: readonly New[] = []): void {
  const { file, span, head } = directive;
  const source = work.sources.get(file) ?? createSource(file, '');
  const newline = lineBreak(source);
  const outer = indentOf(source, head.span.start);
  const unit = unitOf(source);
  const texts = [
    ...lines.map(({ text }) => `${outer}${unit}${text}`),
    ...(transport.length > 0
      ? [
          `${outer}${unit}transport http {`,
          ...transport.map(({ text }) => `${outer}${unit}${unit}${text}`),
          `${outer}${unit}}`,
        ]
      : []),
  ];
  const { line: number } = source.position(directive.block ? span.end - 1 : head.span.start);
  for (const { text, routes } of [...lines, ...transport]) work.lines.push({ file, number, text, routes });
  if (directive.block) {
    if (source.text[span.end - 1] !== '}')
      throw new Unwritable(
        `the block of \`${directive.name}\` does not end in its own file`,
        new Set([...lines, ...transport].flatMap(({ routes }) => [...routes])),
      );
    const at = lineStart(source, span.end - 1);
    work.edits.push({ source: file, start: at, end: at, text: texts.map((text) => `${text}${newline}`).join('') });
    return;
  }
  const end = lineEnd(source, span.end);
  const rest = [...texts, `${outer}}`].map((text) => `${newline}${text}`).join('');
  const brace: Edit = { source: file, start: span.end, end: span.end, text: ' {' };
  if (end === span.end) work.edits.push({ ...brace, text: ` {${rest}` });
  else work.edits.push(brace, { source: file, start: end, end, text: rest });
}

/** What the lines of a file are indented by. */
function unitOf({ text }: Source): string {
  return /^( +)\S/m.exec(text)?.[1] && !/^\t/m.test(text) ? (/^( +)\S/m.exec(text)?.[1] ?? '\t') : '\t';
}
