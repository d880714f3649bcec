import type { Diagnostic } from '../../src/diagnostics/diagnostic.ts';
import { readCaddy } from '../../src/judge/caddy/index.ts';
import { readNginx } from '../../src/judge/nginx/index.ts';
import { parseVersion } from '../../src/model/version.ts';
import type { Source } from '../../src/source/source.ts';

export const newest = { nginx: parseVersion('1.30.6'), caddy: parseVersion('2.11.4') };

/** Files by name; a text alone is the main file. */
export type Texts = string | Readonly<Record<string, string>>;

function files(texts: Texts, main: string): Map<string, string> {
  return new Map(Object.entries(typeof texts === 'string' ? { [main]: texts } : texts));
}

export function nginx(texts: Texts, version = newest.nginx, main = 'nginx.conf') {
  return readNginx(files(texts, main), main, version);
}

export function caddy(texts: Texts, version = newest.caddy, main = 'Caddyfile') {
  return readCaddy(files(texts, main), main, version);
}

/** Each finding as `file:line:column message`. */
export function told(diagnostics: readonly Diagnostic[], sources: (path: string) => Source | undefined): string[] {
  return diagnostics.map(({ place, message }) => {
    const source = sources(place.source);
    const { line, column } = source?.position(source.span(place).start) ?? { line: 0, column: 0 };
    return `${place.source}:${line}:${column} ${message}`;
  });
}

export function toldNginx(texts: Texts, version = newest.nginx, main = 'nginx.conf'): string[] {
  const { diagnostics, files: read, main: first } = nginx(texts, version, main);
  return told(diagnostics, (path) => (read.get(path) ?? first).source);
}

export function toldCaddy(texts: Texts, version = newest.caddy): string[] {
  const { diagnostics, sources } = caddy(texts, version);
  return told(diagnostics, (path) => sources.get(path));
}
