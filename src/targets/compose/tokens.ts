import { printed, template } from '../../source/variables.ts';

/** A value that compose takes as it is: it replaces variables wherever it finds a `$` that is not doubled. */
export function composeToken(value: string): string {
  return scalar(printed([value]));
}

/** A value in which compose replaces what the language calls a variable, and nothing else. */
export function composeTemplate(value: string): string {
  const parts = template(value, { operators: 'all' });
  return 'problem' in parts ? composeToken(value) : scalar(printed(parts));
}

/**
 * One YAML scalar of a compose file: plain where no reader can take it for something else, else double-quoted with
 * JSON's escapes, which YAML shares.
 */
function scalar(value: string): string {
  if (
    /^(?:\.{1,2}\/)?[A-Za-z/][A-Za-z0-9/_-]*(?:[.:][A-Za-z0-9/_-]+)*$/.test(value) &&
    !/^(?:null|true|false|yes|no|on|off|y|n)$/i.test(value)
  ) {
    return value;
  }
  return JSON.stringify(value).replace(
    /[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

export function composeList(values: readonly string[]): string {
  return `[${values.map((value) => composeToken(value)).join(', ')}]`;
}
