import { replaceVariables } from './lexer.ts';

/** A site address as Caddy takes it apart; empty parts are not written. */
export interface SiteAddress {
  readonly scheme: string;
  /** In lower case but for placeholders; v6 without its brackets. */
  readonly host: string;
  readonly port: string;
  readonly path: string;
}

export type ReadAddress =
  | { readonly ok: true; readonly address: SiteAddress }
  | { readonly ok: false; readonly message: string; readonly help: string };

const longest = 4096;

/**
 * `example.com`, `http://a:8080`, `:443`, `[::1]:80`, `a.example/path/*` (httpcaddyfile.ParseAddress). A part that has an
 * environment variable is taken as it is written: nobody knows its value.
 */
export function parseSiteAddress(text: string): ReadAddress {
  let rest = text.slice(0, longest).trim();
  let scheme = '';
  const colon = rest.indexOf('://');
  // The `:` of `{$NAME:http://a}` belongs to the variable.
  if (colon >= 0 && !rest.slice(0, colon).includes('{$'))
    [scheme, rest] = [rest.slice(0, colon), rest.slice(colon + 3)];
  const masked = replaceVariables(rest, (variable) => 'x'.repeat(variable.length));
  const slash = masked.indexOf('/');
  const authority = slash < 0 ? rest : rest.slice(0, slash);
  const path = slash < 0 ? '' : rest.slice(slash);
  const [host, port] = split(authority, slash < 0 ? masked : masked.slice(0, slash));

  if (port !== '' && replaceVariables(port, () => '') === port) {
    const help = 'a port is a number from 0 to 65535, after the last colon';
    if (!/^[+-]?\d+$/.test(port)) return { ok: false, message: `the port ${JSON.stringify(port)} is no number`, help };
    if (Number(port) < 0 || Number(port) > 65535) return { ok: false, message: `there is no port ${port}`, help };
  }
  return { ok: true, address: { scheme: lower(scheme), host: lower(host.trim()), port, path } };
}

/** Host and port as Go's net.SplitHostPort does; what it refuses is a host as a whole. */
function split(authority: string, masked: string): [host: string, port: string] {
  const bracketed = /^\[([^[\]]*)\](?::([^:[\]]*))?$/.exec(masked);
  if (bracketed) {
    const [, host = '', port = ''] = bracketed;
    return [authority.slice(1, 1 + host.length), authority.slice(authority.length - port.length)];
  }
  const colon = masked.indexOf(':');
  if (colon < 0 || masked.indexOf(':', colon + 1) >= 0 || /[[\]]/.test(masked)) return [authority, ''];
  return [authority.slice(0, colon), authority.slice(colon + 1)];
}

function lower(text: string): string {
  return text.replace(/\{[^}]*\}|[^{]+/g, (part) => (part.startsWith('{') ? part : part.toLowerCase()));
}
