import type { Diagnostic, Edit, Place } from '../diagnostics/diagnostic.ts';
import { removalOf, renamingOf, type Written, writingOf } from './edit.ts';
import type { Node } from './node.ts';
import { segments } from './pointer.ts';
import type { Source } from './source.ts';

/** What a fix does, told without the text of the file. */
export type Mend =
  /** A value over the one that is written there: YAML, on one line. */
  | { readonly write: Place; readonly value: string }
  /** A value that goes, with its key. */
  | { readonly remove: Place }
  /** A key that gets another name. */
  | { readonly rename: Place; readonly to: string };

export type Mender = (mend: Mend) => Diagnostic['fix'] | undefined;

/**
 * Fixes as edits of the files that the values are written in. Nothing, where the layout does not allow it, or where an alias or a merge key
 * makes one line mean several things: what is right for one of them may be wrong for the others.
 */
export function mender(files: readonly { readonly source: Source; readonly root?: Node }[]): Mender {
  const sharedOf = new Map<string, ReadonlySet<string>>();
  return (mend) => {
    const { path, source } = 'write' in mend ? mend.write : 'remove' in mend ? mend.remove : mend.rename;
    const file = files.find((one) => one.source.name === source);
    if (!file?.root) return undefined;
    const written: Written = { source: file.source, root: file.root };
    const shared = sharedOf.get(source) ?? sharedSpans(written);
    sharedOf.set(source, shared);
    if (shared.has(spanKey(written.source, { source, path, part: 'value' }))) return undefined;
    const keys = segments(path);
    const name = keys.at(-1);
    if ('write' in mend)
      return fixOf(`write \`${name}: ${mend.value}\``, writingOf(written, { keys, value: mend.value }));
    if ('remove' in mend) return fixOf(`remove \`${name}\``, removalOf(written, keys));
    return fixOf(`write \`${mend.to}\` instead of \`${name}\``, renamingOf(written, keys, mend.to));
  };
}

function fixOf(title: string, edit: Edit | { readonly problem: string }): Diagnostic['fix'] | undefined {
  return 'problem' in edit ? undefined : { title, edits: [edit] };
}

/** What several paths lead to. */
function sharedSpans({ source, root }: Written): ReadonlySet<string> {
  const shared = new Set<string>();
  if (!source.text.includes('*')) return shared;
  const seen = new Set<string>();
  const visit = (node: Node): void => {
    const key = spanKey(source, node.at);
    if (seen.has(key)) shared.add(key);
    seen.add(key);
    if (node.kind === 'sequence') node.items.forEach(visit);
    else if (node.kind === 'mapping') for (const { value } of node.entries.values()) visit(value);
  };
  visit(root);
  return shared;
}

function spanKey(source: Source, place: Place): string {
  const { start, end } = source.span(place);
  return `${start}-${end}`;
}
