/**
 * One YAML scalar of a compose file: plain where no reader can take it for something else, else double-quoted with
 * JSON's escapes, which YAML shares. `$` is doubled: compose replaces variables in every value.
 */
export function composeToken(value: string): string {
  if (
    /^(?:\.{1,2}\/)?[A-Za-z/][A-Za-z0-9/_-]*(?:[.:][A-Za-z0-9/_-]+)*$/.test(value) &&
    !/^(?:null|true|false|yes|no|on|off|y|n)$/i.test(value)
  ) {
    return value;
  }
  const quoted = JSON.stringify(value).replace(
    /[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return quoted.replaceAll('$', '$$$$');
}

export function composeList(values: readonly string[]): string {
  return `[${values.map((value) => composeToken(value)).join(', ')}]`;
}
