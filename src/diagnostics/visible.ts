/**
 * Everything that moves the cursor, changes colours or reorders text: C0 but tab and newline, DEL, C1, bidi controls,
 * line separators; and what no encoding or XML may hold: halves of a character, U+FFFE and U+FFFF.
 */
const unseen =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufffe\uffff]|\p{Surrogate}/gu;

/** Text of others (files, manifests) as it may reach a terminal: control characters escaped, line breaks and tabs kept. */
export function visible(text: string): string {
  return text.replace(unseen, escaped);
}

/** A value of others inside a sentence: quoted, on one line, cut where it would hide the rest of the message. */
export function quoted(text: string): string {
  return visible(JSON.stringify(text.length > 120 ? `${text.slice(0, 120)}…` : text));
}

function escaped(character: string): string {
  const code = character.charCodeAt(0);
  if (code === 0x0d) return '\\r';
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
}
