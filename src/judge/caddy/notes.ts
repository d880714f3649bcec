import type { Diagnostic, Place, Severity } from '../../diagnostics/diagnostic.ts';
import { quoted } from '../../diagnostics/visible.ts';
import type { Given } from '../../model/topology.ts';
import type { Version } from '../../model/version.ts';
import type { Source } from '../../source/source.ts';
import type { Unsaid } from '../judged.ts';
import { type At, finding, placeOf } from './finding.ts';
import { replaceVariables, type Token } from './lexer.ts';

/** What is said of a Caddyfile while it is judged. A snippet that many sites import is told of once. */
export interface Notes {
  readonly version: Version;
  readonly diagnostics: readonly Diagnostic[];
  readonly unsaid: readonly Unsaid[];
  place(at: At): Place;
  given<T>(value: T, at: At): Given<T>;
  /** What Caddy itself takes where nothing is written. */
  own<T>(value: T, at: At, because?: string): Given<T>;
  tell(severity: Severity, rule: string, at: At, told: Told): void;
  /** What no topology says. */
  leave(at: At, what: string): void;
  /** Words of a directive; an environment variable has its default, or is not known. */
  words(tokens: readonly Token[]): readonly Word[];
}

interface Told {
  readonly message: string;
  readonly why: string;
  readonly help: string;
}

export interface Word {
  readonly text: string;
  readonly at: Token;
  /** The environment variable that decides what it is. */
  readonly unknown?: string;
}

export const ownDefault = 'Caddy’s own default';

export function createNotes(sources: ReadonlyMap<string, Source>, version: Version): Notes {
  const diagnostics: Diagnostic[] = [];
  const unsaid: Unsaid[] = [];
  const known = new Set<string>();
  const first = (key: string): boolean => known.size < known.add(key).size;
  const place = (at: At): Place => placeOf(sources, at);
  const tell: Notes['tell'] = (severity, rule, at, { message, why, help }) => {
    const { file, span } = at;
    if (!first(`${rule} ${file} ${span.start} ${message}`)) return;
    diagnostics.push({ ...finding(sources, { rule, at, message, why, help }), severity });
  };
  return {
    version,
    diagnostics,
    unsaid,
    place,
    given: (value, at) => ({ value, at: place(at), origin: 'written' }),
    own: (value, at, because = ownDefault) => ({ value, at: place(at), origin: 'default', because }),
    tell,
    leave(at, what) {
      if (first(`${at.file} ${at.span.start} ${what}`)) unsaid.push({ place: place(at), what });
    },
    words: (tokens) => tokens.flatMap((token) => resolved(token, tell)),
  };
}

/** Caddy puts the value of a variable in place before it looks for words: a bare default with spaces is several. */
function resolved(token: Token, tell: Notes['tell']): Word[] {
  if (!token.text.includes('{$')) return [{ text: token.text, at: token }];
  let unknown: string | undefined;
  const text = replaceVariables(token.text, (variable) => {
    const [name = '', ...fallback] = variable.slice(2, -1).split(':');
    if (fallback.length === 0) {
      unknown ??= name;
      return variable;
    }
    tell('info', 'caddy-unresolved', token, {
      message: `${quoted(variable)} is taken for its default, ${quoted(fallback.join(':'))}`,
      why: 'what the variable is where Caddy runs is not known here',
      help: 'judge the file with the value in its place where it is another',
    });
    return fallback.join(':');
  });
  if (unknown !== undefined) {
    tell('info', 'caddy-unresolved', token, {
      message: `what the environment variable ${quoted(unknown)} stands for is not known`,
      why: 'what it decides is not judged',
      help: `give it a default, {$${unknown}:…}, or judge the file with the value in its place`,
    });
    return [{ text, at: token, unknown }];
  }
  if (token.quote !== '') return [{ text, at: token }];
  return text
    .split(/\s+/)
    .filter((part) => part !== '')
    .map((part) => ({ text: part, at: token }));
}
