/**
 * One nginx configuration token. Inside quotes nginx knows the escapes `\" \\ \n \r \t`; a backslash before anything
 * else stays. It has no escape for `$`: where a directive expands variables, use `literal`.
 */
export function nginxToken(value: string): string {
  if (/[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]/.test(value))
    throw new Error(`a control character cannot be in an nginx token`);
  if (/^[A-Za-z0-9._:/@=%+,~-]+$/.test(value)) return value;
  const escaped = value
    .replaceAll('\\', '\\\\')
    .replaceAll('"', '\\"')
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')
    .replaceAll('\t', '\\t');
  return `"${escaped}"`;
}

/** A token of a directive that expands variables, for a value that must come out as it is. */
export function literal(value: string): string {
  if (value.includes('$')) throw new Error('nginx has no way to write a literal `$` here');
  return nginxToken(value);
}

/** A token in which variables are filled in. */
export function withVariables(value: string): string {
  return /^[A-Za-z0-9._:/@=%+,~$-]+$/.test(value) ? value : nginxToken(value);
}

/** Free text in a comment. */
export function comment(value: string): string {
  return value.replace(/[\x00-\x1f\x7f]/g, ' ');
}
