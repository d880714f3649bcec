import { closest } from '../diagnostics/closest.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { Entry, Mapping, Node } from '../source/node.ts';
import type { Source } from '../source/source.ts';
import { duplicate } from './replace.ts';
import { schema } from './schema.ts';

/** What an included file may have, and what one of each is called. */
const sections: Readonly<Record<string, string>> = { services: 'service', upstreams: 'pool', sites: 'site' };

interface Part {
  readonly root: Node;
  readonly source: Source;
}

/** The sections of included files joined to those of the main one, in the order of the files. */
export function join(root: Mapping, included: readonly Part[], main: Source, found: Diagnostic[]): Mapping {
  if (included.length === 0) return root;
  const entries = new Map(root.entries);
  const joined = new Map<string, Map<string, Entry>>();
  for (const { root: part, source } of included) {
    if (part.kind !== 'mapping') {
      found.push({
        rule: 'schema-type',
        severity: 'error',
        message: `an included file is a map, and ${source.name} is none`,
        help: `write ${listed} in it`,
        place: part.at,
      });
      continue;
    }
    for (const [key, entry] of part.entries) {
      const one = Object.hasOwn(sections, key) ? sections[key] : undefined;
      if (one === undefined) found.push(forbidden(key, entry, main));
      else if (entry.value.kind !== 'mapping') found.push(noMap(key, entry));
      else {
        const section = joined.get(key) ?? sectionOf(entries, key, entry);
        if (!section) continue;
        joined.set(key, section);
        for (const [name, own] of entry.value.entries) {
          const twin = section.get(name);
          if (!twin) section.set(name, own);
          else {
            const help = 'keep one of the two; what differs between environments belongs into an overlay (--env)';
            found.push(duplicate(`the ${one} \`${name}\``, 'is in two files', own.keyAt, twin.keyAt, help));
          }
        }
      }
    }
  }
  return { ...root, entries };
}

const listed = 'sites, upstreams and services';

/** A map of a section that may be added to; nothing where the main file has something else there. */
function sectionOf(entries: Map<string, Entry>, key: string, first: Entry): Map<string, Entry> | undefined {
  const own = entries.get(key) ?? first;
  if (own.value.kind !== 'mapping') return undefined;
  const section = new Map(own === first ? [] : own.value.entries);
  entries.set(key, { ...own, value: { ...own.value, entries: section } });
  return section;
}

function forbidden(key: string, { keyAt }: Entry, main: Source): Diagnostic {
  const isKnown = Object.hasOwn(schema.properties ?? {}, key);
  const guess = isKnown ? undefined : closest(key, Object.keys(sections));
  const help = isKnown ? `an included file has ${listed}: write it in ${main.name}` : `an included file has ${listed}`;
  return {
    rule: 'schema-unknown-key',
    severity: 'error',
    message: isKnown ? `\`${key}\` cannot stand in an included file` : `unknown key \`${key}\` in an included file`,
    help: guess ? `did you mean \`${guess}\`?` : help,
    place: keyAt,
  };
}

function noMap(key: string, { value, keyAt }: Entry): Diagnostic {
  const isEmpty = value.kind === 'scalar' && value.value === null;
  return {
    rule: isEmpty ? 'schema-empty' : 'schema-type',
    severity: 'error',
    message: isEmpty ? `\`${key}\` has no value` : `\`${key}\` is not a map`,
    help: isEmpty ? 'remove it, or write a name and what it is below it' : 'write a name and what it is below it',
    place: isEmpty ? keyAt : value.at,
  };
}
