import { visible } from './visible.ts';

/**
 * Text of others inside Markdown, on one line: no tag, link, emphasis, table cell or entity begins in it, and nobody is
 * mentioned. Sites that show Markdown look for mentions after the entities are gone: only a gap of no width stops them.
 */
export function markdownText(text: string): string {
  return oneLine(text)
    .replace(/[\\`*_{}[\]<>|~&]/g, '\\$&')
    .replace(/[@#](?=\w)/g, '$&&#8203;');
}

/** The same in the type of code, where nobody is mentioned anyway. */
export function markdownCode(text: string): string {
  return `<code>${oneLine(text).replace(/[\\`*_[\]<>|~&]/g, (character) => `&#${character.charCodeAt(0)};`)}</code>`;
}

/** A sentence in which backticks mark what was written: those words in the type of code. */
export function markdownSentence(text: string): string {
  return text
    .split(/`([^`]+)`/)
    .map((part, index) => (index % 2 === 0 ? markdownText(part) : markdownCode(part)))
    .join('');
}

/** Text as it is, behind a fence longer than any in it. */
export function fenced(language: string, text: string): string {
  const fence = '`'.repeat(Math.max(3, ...[...text.matchAll(/`+/g)].map(([run]) => run.length + 1)));
  return `${fence}${language}\n${text}${fence}`;
}

function oneLine(text: string): string {
  return visible(text.replace(/[\r\n\t]+/g, ' '));
}
