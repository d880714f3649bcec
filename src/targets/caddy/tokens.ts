/**
 * One Caddyfile token. In backticks nothing is an escape; in double quotes only `\"` is one. A value that has a
 * backtick and cannot stand in double quotes either has no spelling that every version reads.
 */
export function caddyToken(value: string): string {
  if (/[\x00-\x1f\x7f]/.test(value)) throw new Error('a control character cannot be in a Caddyfile token');
  if (value.includes('{$')) throw new Error('`{$` is replaced by Caddy even in quotes');
  if (isPlain(value)) return value;
  // `caddy fmt` of old versions takes a `#` in backticks for a comment, and loses the brace behind it.
  if (value.includes('#') && !/["\\]/.test(value)) return `"${value}"`;
  if (value !== '{' && value !== '}' && !value.includes('`')) return `\`${value}\``;
  if (fitsDoubleQuotes(value) && value !== '{' && value !== '}') return `"${value.replaceAll('"', '\\"')}"`;
  throw new Error('this value cannot be written in a Caddyfile');
}

/** Means nothing to a Caddyfile, quoted or not. */
export function isPlain(value: string): boolean {
  return /^[A-Za-z0-9._:/@*%+,=~-]+$/.test(value);
}

/**
 * The same for a text that has blanks and braces of its own: in double quotes where they can be, as old versions of
 * `caddy fmt` change what stands in backticks.
 */
export function spelled(value: string): string {
  const token = caddyToken(value);
  return token.startsWith('`') && fitsDoubleQuotes(value) ? `"${value.replaceAll('"', '\\"')}"` : token;
}

/** A backslash before a quote is a sign to Caddy. */
function fitsDoubleQuotes(value: string): boolean {
  return !/\\(?:"|$)/.test(value);
}

/** A token in which Caddy would expand placeholders, for a value that must come out as it is. */
export function literal(value: string): string {
  return caddyToken(value.replace(/[{}]/g, '\\$&'));
}
