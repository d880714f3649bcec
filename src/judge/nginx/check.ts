import type { Diagnostic } from '../../diagnostics/diagnostic.ts';
import { quoted } from '../../diagnostics/visible.ts';
import { atLeast, type Version } from '../../model/version.ts';
import { removal } from '../../source/lines.ts';
import type { Source, Span } from '../../source/source.ts';
import { type Context, known, type Use } from './known.ts';
import type { Fault } from './lexer.ts';
import { type Directive, flatten, type ParsedFile } from './parse.ts';
import type { NginxTree } from './read.ts';
import { locationOf, wrongValue } from './values.ts';

export interface Checked {
  /** What `nginx -t` would stop at, in the order in which it reads; each mistake once. */
  readonly diagnostics: readonly Diagnostic[];
  /** Directives of modules that are not known here. Nothing inside of them is looked at. */
  readonly notUnderstood: readonly Directive[];
  /** Where the main file's directives belong: `main`, or that of a fragment. */
  readonly context: Context;
}

/** Directives that nginx takes once in a block, though their values have rules of their own. */
const once = new Set(
  `proxy_pass root alias auth_basic auth_basic_user_file keepalive_timeout try_files auth_request resolver limit_rate
  fastcgi_pass grpc_pass proxy_cache proxy_cache_key fastcgi_cache fastcgi_cache_key expires proxy_method internal
  proxy_bind aio open_file_cache disable_symlinks real_ip_header proxy_store proxy_ssl_name keepalive worker_processes
  worker_connections user use ssl_certificate_cache`.split(/\s+/),
);

const single = new Set(['flag', 'msec', 'sec', 'size', 'offset', 'number', 'buffers', 'text', 'word', 'path']);

const stops = 'nginx does not start with it';

interface Block {
  readonly context: Context;
  readonly around: readonly Directive[];
  /** What was given in this block, to find it again. */
  readonly given: Map<string, Given>;
  readonly locations: Map<string, Given>;
}

interface Given {
  readonly directive: Directive;
  readonly source: Source;
}

interface Work {
  readonly tree: NginxTree;
  readonly version: Version;
  readonly found: Map<string, Diagnostic>;
  readonly notUnderstood: Set<Directive>;
  readonly upstreams: Map<string, Given>;
}

/** Finds what nginx would not start with. Directives that are not known are no mistakes: modules bring their own. */
export function check(tree: NginxTree, version: Version): Checked {
  const context = contextOf(tree.main);
  const work: Work = { tree, version, found: new Map(), notUnderstood: new Set(), upstreams: new Map() };
  checkFile(tree.main, newBlock(context, []), work);
  return { diagnostics: [...work.found.values()], notUnderstood: [...work.notUnderstood], context };
}

function newBlock(context: Context, around: readonly Directive[]): Block {
  return { context, around, given: new Map(), locations: new Map() };
}

const fragments: readonly Context[] = ['main', 'http', 'server', 'location', 'upstream', 'stream', 'stream-server'];

/** The context in which most of a file's directives may stand; of several the outermost. */
function contextOf(file: ParsedFile): Context {
  let best: { context: Context; fits: number } = { context: 'http', fits: 0 };
  for (const context of fragments) {
    const fits = fitting(file.directives, context, 2);
    if (fits > best.fits) best = { context, fits };
  }
  return best.context;
}

/** How many directives may stand in a context, with those in their blocks, which tell an `if` of a server from others. */
function fitting(directives: readonly Directive[], context: Context, levels: number): number {
  let fits = 0;
  for (const directive of flatten(directives)) {
    const use = known.get(directive.name)?.find(({ contexts }) => contexts.has(context));
    if (!use || (use.kind === 'block') !== (directive.block !== undefined)) continue;
    fits++;
    if (directive.block && levels > 1) fits += fitting(directive.block, innerContext(directive, context), levels - 1);
  }
  return fits;
}

function checkFile(file: ParsedFile, block: Block, work: Work): void {
  checkDirectives(file.directives, file, block, work);
  if (file.fault) report(work, file.source, file.fault.span, syntax(file.fault, file.source));
}

function checkDirectives(directives: readonly Directive[], file: ParsedFile, block: Block, work: Work): void {
  for (const directive of directives) {
    if (block.context === 'entries') checkEntry(directive, file, block, work);
    else checkDirective(directive, file, block, work);
  }
}

function checkDirective(directive: Directive, file: ParsedFile, block: Block, work: Work): void {
  const uses = known.get(directive.name);
  if (!uses || block.context === 'unknown') {
    if (block.context !== 'unknown') work.notUnderstood.add(directive);
    if (directive.block) checkDirectives(directive.block, file, newBlock('unknown', []), work);
    return;
  }
  const use = uses.find(({ contexts }) => contexts.has(block.context) || contexts.has('any'));
  const wrong = use ? wrongUse(directive, use, block, work) : notHere(directive, uses, block.context);
  if (wrong) {
    const { span = directive.head.span, ...rest } = wrong;
    report(work, file.source, span, { ...rest, help: forgottenSemicolon(directive, file.source) ?? rest.help });
  } else if (use) again(directive, use, { file, block, work });

  if (directive.included) {
    const failed = work.tree.failed.get(directive);
    for (const included of directive.included) checkFile(included, block, work);
    if (failed) keep(work, failed);
  }
  if (directive.block && use?.kind === 'block') {
    const inner = innerContext(directive, block.context);
    checkDirectives(directive.block, file, newBlock(inner, [...block.around, directive]), work);
    if (inner.endsWith('upstream')) checkUpstream(directive, file, work);
  }
}

type Found = Omit<Diagnostic, 'place' | 'severity' | 'help'> & {
  readonly span?: Span;
  readonly help?: string | undefined;
};

function wrongUse(directive: Directive, use: Use, { context, around }: Block, { version }: Work): Found | undefined {
  const { name, args } = directive;
  if (use.since && !atLeast(version, use.since)) {
    const message = `nginx ${version.text} does not know "${name}"`;
    return { rule: 'nginx-version', message, why: stops, help: `it is new in ${use.since}` };
  }
  if (use.until && atLeast(version, use.until)) {
    const message = `nginx ${version.text} does not know "${name}" any more`;
    return { rule: 'nginx-version', message, why: stops, help: `it was taken out in ${use.until}` };
  }
  if (use.kind === 'block' && !directive.block) {
    return { rule: 'nginx-syntax', message: `"${name}" has no block`, why: stops, help: 'write "{" and "}" after it' };
  }
  if (use.kind !== 'block' && directive.block) {
    const message = `"${name}" is not ended by ";"`;
    return { rule: 'nginx-syntax', message, why: stops, help: 'it has no block: put a ";" after its arguments' };
  }
  if (!use.fits(args.length)) {
    const message = `"${name}" takes ${use.count}, not ${args.length === 0 ? 'none' : args.length}`;
    return { rule: 'nginx-arguments', message, why: stops };
  }
  const wrong = wrongValue(directive, use.kind, { context, around, version });
  return (
    wrong && {
      rule: 'nginx-value',
      message: wrong.message,
      why: stops,
      help: wrong.help,
      ...(wrong.word ? { span: wrong.word.span } : {}),
    }
  );
}

const named: Readonly<Record<Context, string>> = {
  main: 'at the top of the main file',
  events: 'in `events`',
  http: 'in `http`',
  server: 'in a `server`',
  location: 'in a `location`',
  'server-if': 'in an `if` of a server',
  'location-if': 'in an `if` of a location',
  limit_except: 'in `limit_except`',
  upstream: 'in an `upstream`',
  stream: 'in `stream`',
  'stream-server': 'in a `server` of `stream`',
  'stream-upstream': 'in an `upstream` of `stream`',
  mail: 'in `mail`',
  entries: 'among entries',
  unknown: 'here',
};

function notHere({ name }: Directive, uses: readonly Use[], context: Context): Found {
  const places = [...new Set(uses.flatMap(({ contexts }) => [...contexts]))].map((one) => named[one as Context]);
  const last = places.at(-1);
  const list = places.length > 1 ? `${places.slice(0, -1).join(', ')} or ${last}` : last;
  const message = `"${name}" cannot stand ${named[context]}`;
  return { rule: 'nginx-context', message, why: stops, help: `it can stand ${list}` };
}

/** A word of a later line that is a directive itself: the `;` before it is what is missing. */
function forgottenSemicolon({ args, head }: Directive, source: Source): string | undefined {
  const words = [head, ...args];
  for (const [index, word] of words.entries()) {
    const before = words[index - 1];
    if (!before || word.quoted || !known.has(word.text)) continue;
    const { line } = source.position(before.span.end);
    if (line < source.position(word.span.start).line) return `is a ";" missing at the end of line ${line}?`;
  }
  return undefined;
}

/** What nginx refuses the second time. */
function again(
  directive: Directive,
  use: Use,
  { file, block, work }: { file: ParsedFile; block: Block; work: Work },
): void {
  const { name, args } = directive;
  const here: Given = { directive, source: file.source };
  if (single.has(use.kind) || once.has(name)) {
    const before = block.given.get(name);
    if (before) {
      const fix = echo(directive, before);
      const found = duplicate(`"${name}" is given twice`, before);
      report(work, file.source, directive.head.span, { ...found, ...(fix ? { fix } : {}) });
    } else block.given.set(name, here);
  } else if (name === 'upstream') {
    const key = `${block.context} ${args[0]?.text.toLowerCase()}`;
    const before = work.upstreams.get(key);
    const message = `two upstreams are called ${quoted(args[0]?.text ?? '')}`;
    if (before) report(work, file.source, args[0]?.span ?? directive.span, duplicate(message, before));
    else work.upstreams.set(key, here);
  } else if (name === 'location') {
    const { match = 'named', path = '' } = locationOf(directive) ?? {};
    if (match === 'named' || match.endsWith('regex')) return;
    const key = `${match === 'exact' ? '=' : ''}${path}`;
    const before = block.locations.get(key);
    const span = args.at(-1)?.span ?? directive.span;
    if (before) report(work, file.source, span, duplicate(`location ${quoted(path)} is there twice`, before));
    else block.locations.set(key, here);
  }
}

/** The same word for word, in one file: the second one can go. */
function echo({ file, args, block, span }: Directive, { directive: before, source }: Given): Diagnostic['fix'] {
  const texts = (list: Directive['args']): string => JSON.stringify(list.map(({ text }) => text));
  if (block || file !== before.file || span.start === before.span.start) return undefined;
  if (texts(args) !== texts(before.args)) return undefined;
  return { title: 'remove the second one', edits: [{ source: file, ...removal(source, span), text: '' }] };
}

function duplicate(message: string, { directive, source }: Given): Found & Pick<Diagnostic, 'related'> {
  const place = source.place(directive.span.start, directive.head.span.end);
  const related = [{ place, message: 'it is here first' }];
  return { rule: 'nginx-duplicate', message, why: stops, help: 'keep one of them', related };
}

function innerContext({ name }: Directive, context: Context): Context {
  if (name === 'if') return context === 'server' ? 'server-if' : 'location-if';
  if (name === 'server') return context === 'stream' ? 'stream-server' : 'server';
  if (name === 'upstream') return context === 'stream' ? 'stream-upstream' : 'upstream';
  if (['types', 'map', 'geo', 'split_clients'].includes(name)) return 'entries';
  // Mail proxies are no part of the subject.
  if (name === 'mail') return 'unknown';
  return name as Context;
}

function checkUpstream(directive: Directive, file: ParsedFile, work: Work): void {
  for (const { name } of flatten(directive.block ?? [])) if (name === 'server') return;
  // An include that is not followed may hold the servers.
  if (directive.block?.some(({ included }) => included && included.length === 0) || file.fault) return;
  const { end } = directive.span;
  const message = `upstream ${quoted(directive.args[0]?.text ?? '')} has no servers`;
  report(
    work,
    file.source,
    { start: end - 1, end },
    { rule: 'nginx-value', message, why: stops, help: 'add a `server`' },
  );
}

/** An entry of `map` and its like: words, whatever they are called. */
function checkEntry(entry: Directive, file: ParsedFile, block: Block, work: Work): void {
  if (entry.included) {
    const failed = work.tree.failed.get(entry);
    for (const included of entry.included) checkFile(included, block, work);
    if (failed) keep(work, failed);
    return;
  }
  if (entry.block) {
    const message = `unexpected "{" among the entries of "${block.around.at(-1)?.name}"`;
    const help = 'an entry ends with ";"; a pattern with braces must be quoted';
    report(
      work,
      file.source,
      { start: entry.mark, end: entry.mark + 1 },
      { rule: 'nginx-syntax', message, why: stops, help },
    );
    return;
  }
  const kind = block.around.at(-1)?.name;
  const words = entry.args.length + 1;
  const alone = { map: ['hostnames', 'volatile'], geo: ['ranges', 'proxy_recursive'] }[kind ?? ''] ?? [];
  const lone = words === 1 && alone.includes(entry.name);
  const fits = lone || (kind === 'map' || kind === 'geo' ? words === 2 : kind === 'types' || words >= 2);
  if (fits) return;
  const message = `an entry of "${kind}" has two words, not ${words}`;
  const help = forgottenSemicolon(entry, file.source) ?? 'quote a value with spaces';
  report(work, file.source, entry.head.span, { rule: 'nginx-arguments', message, why: stops, help });
}

function syntax({ message, help, began }: Fault, source: Source): Found & Pick<Diagnostic, 'related'> {
  return {
    rule: 'nginx-syntax',
    message,
    why: 'nginx stops reading here, and does not start',
    help,
    ...(began ? { related: [{ place: source.place(began.span.start, began.span.end), message: began.message }] } : {}),
    ...(source.text.startsWith('\uFEFF')
      ? {
          fix: {
            title: 'remove the byte order mark',
            edits: [{ source: source.name, start: 0, end: 1, text: '' }],
          },
        }
      : {}),
  };
}

function report(work: Work, source: Source, span: Span, { help, span: _, ...found }: Found): void {
  const place = source.place(span.start, span.end);
  keep(work, { ...found, severity: 'error', place, ...(help ? { help } : {}), targets: ['nginx'] });
}

/** A file that is included in several places has each of its mistakes once. */
function keep({ found }: Work, diagnostic: Diagnostic): void {
  const key = `${diagnostic.place.source} ${diagnostic.place.path} ${diagnostic.message}`;
  if (!found.has(key)) found.set(key, diagnostic);
}
