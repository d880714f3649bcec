import type { Criterion, Match } from '../../model/match.ts';
import { rangesOf } from '../../model/networks.ts';
import { atLeast, type Version } from '../../model/version.ts';
import { headerPattern, pathPattern, queryPattern } from '../patterns.ts';
import { caddyToken } from './tokens.ts';

/** The lines of a named matcher: all must hold. Empty: every request. */
export function matcherLines({ all, none }: Match, version: Version): string[] {
  const without = together(none, version);
  return [
    ...together(all, version),
    ...(without.length > 0 ? ['not {', ...without.map((line) => `\t${line}`), '}'] : []),
  ];
}

/** A set holds one pattern of each kind; a further one is what is not not so. */
function together(criteria: readonly Criterion[], version: Version): string[] {
  const taken = new Set<string>();
  return criteria.flatMap((criterion) => {
    const { kind, line, negated } = lineOf(criterion, version);
    if (negated) return [`not ${line}`];
    if (!taken.has(kind)) {
      taken.add(kind);
      return [line];
    }
    return ['not {', `\tnot ${line}`, '}'];
  });
}

interface Line {
  /** What a set of matchers has one of. */
  readonly kind: string;
  readonly line: string;
  readonly negated?: boolean;
}

function lineOf(criterion: Criterion, version: Version): Line {
  switch (criterion.kind) {
    case 'path':
      return { kind: 'path', line: `path_regexp ${pattern(pathPattern(criterion.paths))}` };
    case 'path_regex':
      return { kind: 'path', line: `path_regexp ${pattern(criterion.pattern.value.source)}` };
    case 'method':
      return { kind: 'method', line: `method ${criterion.methods.map(({ value }) => value).join(' ')}` };
    case 'host':
      return { kind: 'host', line: `host ${criterion.hosts.map(({ value }) => value).join(' ')}` };
    case 'header': {
      const { name, value } = criterion;
      const line = `header_regexp ${name} ${pattern(headerPattern(value.value))}`;
      return { kind: `header ${name}`, line, negated: value.value === false };
    }
    case 'query': {
      const { name, value } = criterion;
      const line = `vars_regexp {http.request.uri.query} ${pattern(queryPattern(name, value.value))}`;
      return { kind: 'vars', line, negated: value.value === false };
    }
    case 'client': {
      const word = atLeast(version, '2.7') ? 'client_ip' : 'remote_ip';
      return {
        kind: 'client',
        line: `${word} ${rangesOf(criterion.networks)
          .map((range) => range.text)
          .join(' ')}`,
      };
    }
  }
}

/** A regular expression as one token. */
export function pattern(text: string): string {
  return caddyToken(withoutSpaces(text));
}

/** `caddy fmt` of old versions changes white space of any alphabet inside of quotes. */
export function withoutSpaces(text: string): string {
  return text.replace(/[\s\x85]/g, (character) => `\\x{${character.charCodeAt(0).toString(16)}}`);
}
