import { isSayableSize } from '../../model/size.ts';
import { ownRequestHeaders } from '../headers.ts';
import { hstsHeader } from '../hsts.ts';
import { shownLine } from '../judged.ts';
import { matcherOf } from './directives.ts';
import type { Notes } from './notes.ts';
import type { CaddyDirective } from './tree.ts';
import { parseCaddySize } from './units.ts';

/** What `import` says in words of a topology or tells of elsewhere, and what a topology leaves to its target. */
const quiet = new Set(
  `tls bind log log_append log_skip skip_log log_name tracing metrics root fs vars map header reverse_proxy forward_auth
  php_fastcgi respond redir file_server abort error acme_server invoke intercept copy_response copy_response_headers`.split(
    /\s+/,
  ),
);
const blocks = new Set(['handle', 'handle_path', 'route']);

/** Everything in a site that changes what a request gets, and that no word of the imported topology says. */
export function leftOf(directives: readonly CaddyDirective[], asked: ReadonlySet<CaddyDirective>, notes: Notes): void {
  for (const directive of directives) {
    const { name, head, block = [] } = directive;
    if (name.startsWith('@')) continue;
    if (blocks.has(name)) {
      if (!around(block, asked)) continue;
      const path = matcherOf(directive).matcher?.token.text.replace(/\/?\*$/, '');
      if (name === 'handle_path')
        notes.leave(head, `\`handle_path\` takes \`${path}\` off the path: see \`strip_prefix\``);
      leftOf(block, asked, notes);
    } else if (name === 'header') {
      const { matcher, args } = matcherOf(directive);
      const hsts = args[0]?.text.toLowerCase().endsWith(hstsHeader);
      if (matcher && matcher.kind !== 'all' && !hsts) notes.leave(head, shownLine(directive.name, directive.args));
    } else if (!quiet.has(name) && !isMeant(directive)) notes.leave(head, shownLine(directive.name, directive.args));
  }
}

/** A topology does it anyway: headers that clients cannot forge, and what its debug header needs on errors. */
function isMeant({ name, block = [], ...directive }: CaddyDirective): boolean {
  if (name === 'handle_errors') {
    const plain = (one: CaddyDirective): boolean => one.name === 'respond' && one.args[0]?.text === '';
    return block.every((one) => one.name === 'header' || one.name.startsWith('@') || plain(one));
  }
  if (name === 'request_body') return largestBody({ name, block, ...directive }) !== undefined;
  if (name !== 'request_header') return false;
  const header =
    matcherOf({ name, ...directive })
      .args[0]?.text.replace(/^[-+]/, '')
      .toLowerCase() ?? '';
  return ownRequestHeaders.has(header) || header === '*_*';
}

function around(directives: readonly CaddyDirective[], asked: ReadonlySet<CaddyDirective>): boolean {
  return directives.some((one) => asked.has(one) || around(one.block ?? [], asked));
}

/** The lines for all requests in the blocks around a proxy, the outermost first; nothing where it is not below. */
export function linesAround(
  directives: readonly CaddyDirective[],
  proxy: CaddyDirective,
): readonly CaddyDirective[] | undefined {
  for (const one of directives) {
    const below = one === proxy ? [] : one.block && linesAround(one.block, proxy);
    if (below) return [...directives.filter(isForAll), ...below];
  }
  return undefined;
}

/** `request_body`: the largest body in bytes, where it says nothing else. */
export function largestBody(directive: CaddyDirective): number | undefined {
  const [only, second] = directive.block ?? [];
  const size = only?.name === 'max_size' ? parseCaddySize(only.args[0]?.text ?? '') : undefined;
  return !second && isForAll(directive) && size !== undefined && isSayableSize(size) ? size : undefined;
}

function isForAll(directive: CaddyDirective): boolean {
  return ['all', undefined].includes(matcherOf(directive).matcher?.kind);
}
