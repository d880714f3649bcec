import fc from 'fast-check';
import { resolved, type Schema, schema } from '../../src/schema/schema.ts';

/**
 * A place of the language that takes text, such as `/services/*`: `*` is any name, `#` an item of a list, `{key}` the
 * name itself.
 */
export interface Field {
  readonly path: string;
  /** A value that is right there. */
  readonly harmless: string;
  /** The JSON text (which is YAML) of a topology that has the value there, and is right but for it. */
  text(value: string): string;
}

/**
 * All places that take text, as the schema has them; what is included is read, not printed, and lines of a target are
 * structure (test/judge/raw.test.ts).
 */
function textPlaces(): string[] {
  const found: string[] = [];
  // A pool and its times are the same wherever they are written.
  const known = /\/forward_auth\/(?:upstream|timeouts)\/./;
  const visit = (node: Schema, path: string): void => {
    if (path === '/include' || path.endsWith('/raw') || known.test(path)) return;
    const here = resolved(node);
    if ([here.type ?? []].flat().includes('string') && !here.enum) found.push(path);
    if (here.propertyNames) found.push(`${path}/{key}`);
    for (const [key, value] of Object.entries(here.properties ?? {})) visit(value, `${path}/${key}`);
    if (typeof here.additionalProperties === 'object') {
      if (!here.propertyNames) found.push(`${path}/{key}`);
      visit(here.additionalProperties, `${path}/*`);
    }
    if (here.items) visit(here.items, `${path}/#`);
  };
  visit(schema, '');
  return found;
}

/** A right value for each kind of place, by the end of its path. The first row that fits counts. */
const rows: readonly (readonly [end: RegExp, harmless: string])[] = [
  [/^\/targets\/caddy\/version$/, '2.8'],
  [/^\/targets\/nginx\/version$/, '1.26'],
  [/\/debug_header$/, 'X-Harmless'],
  [/\/resolver$/, 'docker'],
  [/\/resolver\/#$/, '10.0.0.53'],
  [/\/(?:request|response)\/(?:set|add)\/\{key\}$/, 'X-Harmless'],
  [/\/(?:request|response)\/(?:set|add)\/\*$/, 'harmless'],
  [/\/(?:request|response)\/remove\/#$/, 'X-Harmless'],
  [/\/(?:trusted_proxies|allow|deny)(?:\/#)?$/, '10.0.0.77'],
  [/\/acme\/email$/, 'harmless@example.com'],
  [/\/acme\/ca$/, 'https://ca.example/dir'],
  [/\/(?:ca_root|certificate|key|tls\/client|ca)$/, './harmless.pem'],
  [/\/(?:timeouts\/\w+|retry\/window|interval|timeout|idle|budget)$/, '7s'],
  [/\/(?:fail_window|hsts|hsts\/max_age)$/, '70s'],
  [/\/health\/active(?:\/path)?$/, '/harmless'],
  [/\/status$/, '204'],
  [/\/tls$/, 'internal'],
  [/\/balance$/, 'least_conn'],
  [/\/balance\/hash$/, 'uri'],
  [/\/(?:hash\/(?:header|cookie)|sticky\/cookie)$/, 'harmless'],
  [/\/max_body_size$/, '7m'],
  [/\/error_pages\/\{key\}$/, '410'],
  [/\/error_pages\/\*$/, './harmless.html'],
  [/\/error_pages\/\*\/upstream$/, 'harmless:80'],
  [/\/basic_auth\/users\/\{key\}$/, 'harmless'],
  [/\/basic_auth\/users\/\*$/, '$2y$08$abcdefghijklmnopqrstuuKxCcvB7KZ7.BpDoK0bh6qM7Dl1/xiJa'],
  [/\/basic_auth\/users_file$/, './harmless.htpasswd'],
  [/\/basic_auth\/realm$/, 'harmless'],
  [/\/basic_auth\/except(?:\/#)?$/, '/harmless'],
  [/\/maintenance\/page$/, './harmless.html'],
  [/\/maintenance\/retry_after$/, '7s'],
  [/\/maintenance\/flag$/, './harmless/on'],
  [/\/copy_headers\/#$/, 'X-Harmless'],
  [/\/forward_auth$/, 'none'],
  [/\/forward_auth\/path$/, '/harmless'],
  [/\/host_header$/, 'harmless.internal'],
  [/\/server_name$/, 'harmless.internal'],
  [/^\/machines\/\{key\}$/, 'harmless'],
  [/^\/machines\/\*\/address$/, '10.0.0.77'],
  [/^\/services\/\{key\}$/, 'harmless'],
  [/\/image$/, 'harmless:1'],
  [/\/environment\/\{key\}$/, 'HARMLESS'],
  [/\/environment\/\*$/, 'harmless'],
  [/\/instances\/#\/machine$/, 'edge-1'],
  [/^\/upstreams\/\{key\}$/, 'harmless'],
  [/\/service$/, 'web'],
  [/\/(?:servers\/#|#\/address|upstream\/#|sites\/\*\/#)$/, 'harmless:80'],
  [/^\/sites\/\{key\}$/, 'harmless.example.com'],
  [/^\/sites\/\*$/, 'harmless:80'],
  [/\/(?:aliases|redirect_from)\/#$/, 'harmless.example.net'],
  [/\/routes\/#\/name$|^\/sites\/\*\/name$/, 'harmless'],
  [/\/match\/path(?:\/#)?$/, '/harmless'],
  [/\/match(?:\/not)?\/path(?:\/#)?$/, '/harmless'],
  [/\/path_regex$/, '^/harmless$'],
  [/\/match(?:\/not)?\/method(?:\/#)?$/, 'GET'],
  [/\/match(?:\/not)?\/host(?:\/#)?$/, 'a.example.com'],
  [/\/match(?:\/not)?\/header\/\{key\}$/, 'X-Harmless'],
  [/\/match(?:\/not)?\/(?:header|query)\/\*$/, 'harmless'],
  [/\/match(?:\/not)?\/query\/\{key\}$/, 'harmless'],
  [/\/match(?:\/not)?\/client(?:\/#)?$/, '10.0.0.77'],
  [/\/respond\/body$/, 'harmless'],
  [/\/respond\/type$/, 'text/harmless'],
  [/\/redirect(?:\/to)?$/, 'https://harmless.example.com/'],
  [/\/(?:strip_prefix|add_prefix|rewrite|rewrite\/to)$/, '/harmless'],
  [/\/rewrite\/regex$/, '^/harmless$'],
  [/\/files(?:\/root)?$/, './harmless'],
  [/\/files\/index$/, 'harmless.html'],
  [/\/files\/fallback$/, '/harmless.html'],
  [/\/files\/cache$/, '70s'],
  [/\/upstream$/, 'harmless:80'],
  [/^\/lint\/rules\/\{key\}$/, 'acme-email'],
];

/** What must stand beside a word for the whole to be right. */
const companions: readonly (readonly [end: RegExp, words: Readonly<Record<string, unknown>>])[] = [
  [/^\/machines\/[^/]+$/, { address: '10.0.0.9', edge: false }],
  [/^\/services\/[^/]+$/, { image: 'x', port: 80 }],
  [/\/instances\/#$/, { machine: 'edge-1' }],
  [/\/health\/active$/, { path: '/' }],
  [/(?:\/upstreams\/[^/]+|\/upstream)$/, { servers: ['10.0.0.2:80', '10.0.0.3:80'] }],
  [/(?:\/upstreams\/[^/]+|\/upstream)\/tls$/, { server_name: 'a.internal' }],
  [/\/forward_auth$/, { upstream: '10.0.0.8:80', path: '/check' }],
  [/\/redirect$/, { to: 'https://a.example.net/' }],
  [/\/files$/, { root: './files' }],
  [/\/error_pages\/[^/]+$/, { upstream: '10.0.0.2:80' }],
  [/\/basic_auth$/, { users_file: './users' }],
  [/\/rewrite$/, { regex: '^/a$', to: '/b' }],
  [/\/sites\/[^/]+$/, { upstream: '10.0.0.2:80' }],
  [/\/routes\/#$/, { upstream: '10.0.0.2:80' }],
];

const names: Readonly<Record<string, string>> = {
  machines: 'edge-1',
  services: 'web',
  upstreams: 'pool',
  sites: 'a.example.com',
  environment: 'VARIABLE',
  rules: 'acme-email',
  error_pages: '410',
  users: 'harmless',
};

/** Every place of the schema with a right value; throws for one that no row knows. */
export function fields(): Field[] {
  return textPlaces().map((path) => {
    const row = rows.find(([end]) => end.test(path));
    if (!row) throw new Error(`nobody has thought of ${path}: add a row to test/properties/fields.ts`);
    return { path, harmless: row[1], text: (value) => JSON.stringify(documentWith(path, value)) };
  });
}

type Words = Record<string, unknown>;

const actions = ['respond', 'redirect', 'files'];

function documentWith(path: string, value: string): Words {
  const document: Words = {
    version: 1,
    machines: { 'edge-1': { address: '10.0.0.2', edge: true } },
    services: { web: { image: 'x', port: 80 } },
    // A site has one action.
    sites: {
      'a.example.com': /^\/sites\/\*\/(?:respond|redirect|files)/.test(path) ? {} : { upstream: '10.0.0.2:80' },
    },
  };
  grow(document, path.split('/').slice(1), '', value);
  return document;
}

/** Puts the value at the path, with what must stand beside each word on the way. */
function grow(parent: Words | unknown[], [first = '', ...rest]: readonly string[], above: string, value: string): void {
  const key = first === '*' || first === '{key}' ? nameIn(above, first, value) : first;
  const path = `${above}/${first === '{key}' ? '*' : first}`;
  const found = companions.find(([end]) => end.test(path))?.[1] ?? {};
  // A route has one action.
  const beside = 'upstream' in found && actions.includes(rest[0] ?? '') ? {} : found;
  const put = (child: unknown): void => {
    if (Array.isArray(parent)) parent.push(child);
    // `__proto__` is a key like any other.
    else Object.defineProperty(parent, key, { value: child, enumerable: true, configurable: true, writable: true });
  };
  if (rest.length === 0) {
    if (first !== '{key}') put(value);
    else if (above.endsWith('/error_pages')) put('./harmless.html');
    else if (above.endsWith('/users')) put('$2y$08$abcdefghijklmnopqrstuuKxCcvB7KZ7.BpDoK0bh6qM7Dl1/xiJa');
    else put(above === '/lint/rules' ? 'info' : /\/(?:environment|set|add|header|query)$/.test(above) ? 'x' : beside);
    return;
  }
  const old = !Array.isArray(parent) && Object.hasOwn(parent, key) ? parent[key] : undefined;
  const list = rest[0] === '#';
  const child = list ? [] : { ...beside, ...(typeof old === 'object' ? old : {}) };
  tidy(child, rest[0] ?? '');
  grow(child, rest, path, value);
  put(child);
}

function nameIn(above: string, part: string, value: string): string {
  if (part === '{key}') return value;
  const map = above.slice(above.lastIndexOf('/') + 1);
  return names[map] ?? 'x';
}

/** Words that cannot stand beside the next one, and words that it needs. */
function tidy(child: Words | unknown[], next: string): void {
  if (Array.isArray(child)) return;
  if (next === 'service') delete child.servers;
  if (next === 'tls' && child.servers) child.protocol = 'https';
  if (next === 'routes') delete child.upstream;
  if (next === 'certificate') child.key = './beside.pem';
  if (next === 'key') child.certificate = './beside.pem';
}

/** What has broken out of quotes, comments and fields somewhere before. */
export const hostile: readonly string[] = [
  '',
  ' ',
  'a b',
  '"',
  "'",
  ';',
  '{',
  '}',
  '{}',
  '$',
  '#',
  ' # x',
  '\n',
  'a\nb',
  'x;\n}\nserver { listen 1; }',
  'x" ; } http { "',
  '\r\n',
  '\t',
  '\\',
  'x\\',
  '\\"',
  '`',
  '`\\',
  '{env.HOME}',
  '{http.request.host}',
  '{$HOME}',
  '{$__UNSET__:x}',
  '${X}',
  '$X',
  '$$',
  '$request_uri',
  '\0',
  '\x1b[31m',
  '\x7f',
  'é',
  '日本',
  '😀',
  '\u202Egpj.exe',
  '\u2028',
  '\u0085',
  '\u00a0\u00a0',
  '\ufeff',
  '\ufffe',
  '\ud800',
  '__proto__',
  'constructor',
  'toString',
  '*/',
  '*x',
  '&x',
  '!!str x',
  '- x',
  'a: b',
  '? x',
  '<<',
  '|',
  '>',
  '%',
  '%0A',
  '@',
  'null',
  'true',
  '0',
  '1e3',
  '~',
  '../../etc/passwd',
  '..',
  '.',
  '/',
  '//',
  'import',
  'default',
  'unix:',
  'http://x/',
  '(?i)x',
  '.*',
  '[a-z]+',
  'x'.repeat(300),
  'ü'.repeat(5000),
];

const piece = fc.oneof(
  fc.constantFrom(...hostile.filter(({ length }) => length < 50)),
  fc.constantFrom('a', 'B', '9', '/', '.', '-'),
);
const strange = fc.oneof(
  fc.array(piece, { minLength: 1, maxLength: 5 }).map((parts) => parts.join('')),
  fc.string({ unit: 'binary', maxLength: 30 }),
);

/** Strange text, as it is or beside a value that is right there. */
export function attack(harmless: string): fc.Arbitrary<string> {
  return fc
    .tuple(strange, fc.nat(3))
    .map(([text, form]) => [text, harmless + text, text + harmless, harmless.replace(/harmless/i, text)][form] ?? text);
}
