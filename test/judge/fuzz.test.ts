import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Diagnostic } from '../../src/diagnostics/diagnostic.ts';
import { readCaddy } from '../../src/judge/caddy/index.ts';
import { judgeCaddy } from '../../src/judge/caddy/judge.ts';
import type { CaddyDirective } from '../../src/judge/caddy/tree.ts';
import { readNginx } from '../../src/judge/nginx/index.ts';
import { judgeNginx } from '../../src/judge/nginx/judge.ts';
import type { Directive } from '../../src/judge/nginx/parse.ts';
import { parseVersion } from '../../src/model/version.ts';
import type { Source, Span } from '../../src/source/source.ts';
import { seed } from '../properties/topologies.ts';
import { cases } from './caddy-bounds/cases.ts';
import { acceptedNew, refused as caddyRefuses, accepted as caddyTakes } from './caddy-cases.ts';
import { framed, refused as nginxRefuses, accepted as nginxTakes } from './nginx-cases.ts';

const versions = {
  nginx: ['1.18.0', '1.22.1', '1.30.6'].map(parseVersion),
  caddy: ['2.6.2', '2.8', '2.11.4'].map(parseVersion),
};

function inside(source: Source | undefined, { start, end }: Span): boolean {
  return source !== undefined && 0 <= start && start <= end && end <= source.text.length;
}

/** Findings have words, and stand in a file that is there. */
function checkFindings(diagnostics: readonly Diagnostic[], source: (path: string) => Source | undefined): void {
  for (const { message, help, place, related = [] } of diagnostics) {
    expect([message, help]).not.toContain('');
    for (const one of [place, ...related.map((other) => other.place)]) {
      const found = source(one.source);
      expect(found && inside(found, found.span(one))).toBe(true);
    }
  }
}

/** Directives stand in their file, one after the other, and inside of the one around them. */
function checkPlaces(directives: readonly Directive[], text: string, around: Span): void {
  let last = around.start;
  for (const { head, args, span, block, mark } of directives) {
    for (const part of [head.span, ...args.map((word) => word.span)]) {
      expect(part.start).toBeGreaterThanOrEqual(last);
      last = part.end;
    }
    expect([';', '{']).toContain(text[mark]);
    expect(span.start === head.span.start && last <= mark && mark < span.end && span.end <= around.end).toBe(true);
    if (block) checkPlaces(block, text, { start: mark, end: span.end });
    last = span.end;
  }
}

function nginx(text: string): void {
  for (const version of versions.nginx) {
    const files = new Map(Object.entries({ 'nginx.conf': text, 'a/b.conf': text, c: 'include nginx.conf;' }));
    const configuration = readNginx(files, 'nginx.conf', version);
    const { files: read, main } = configuration;
    const { diagnostics, routes, unsaid } = judgeNginx(configuration, version);
    checkFindings(diagnostics, (path) => read.get(path)?.source);
    expect(new Set(routes.map(({ id }) => id)).size).toBe(routes.length);
    for (const { place } of unsaid) expect(read.has(place.source)).toBe(true);
    checkPlaces(main.directives, text, { start: 0, end: text.length });
  }
}

function caddy(text: string): void {
  for (const version of versions.caddy) {
    const files = new Map(Object.entries({ Caddyfile: text, 'a/b': text, c: 'import Caddyfile' }));
    const configuration = readCaddy(files, 'Caddyfile', version);
    const { blocks } = configuration;
    const { diagnostics, sources, unsaid } = judgeCaddy(configuration, version);
    for (const { place } of unsaid) expect(sources.has(place.source)).toBe(true);
    checkFindings(diagnostics, (path) => sources.get(path));
    const walk = (directives: readonly CaddyDirective[]): void => {
      for (const { head, args, span, block, file } of directives) {
        for (const token of [head, ...args]) expect(inside(sources.get(token.file), token.span)).toBe(true);
        expect(inside(sources.get(file), span)).toBe(true);
        if (block) walk(block);
      }
    };
    for (const block of blocks) walk(block.directives);
  }
}

const bytes = fc.uint8Array({ maxLength: 200 }).map((list) => Buffer.from(list).toString('latin1'));
const wide = fc.string({ unit: 'binary', maxLength: 100 });
const soup = (words: readonly string[]) =>
  fc.array(fc.constantFrom(...words), { maxLength: 40 }).map((list) => list.join(''));

/** A right or wrong text with pieces taken out, doubled or put elsewhere. */
const mutated = (texts: readonly string[], words: readonly string[]) =>
  fc
    .record({
      text: fc.constantFrom(...texts),
      cuts: fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(12), fc.constantFrom(...words)), {
        minLength: 1,
        maxLength: 4,
      }),
    })
    .map(({ text, cuts }) =>
      cuts.reduce((whole, [where, length, word]) => {
        const at = Math.floor(where * whole.length);
        return whole.slice(0, at) + word + whole.slice(at + length);
      }, text),
    );

const nginxWords =
  `; { } " ' \\ # $ \${ ) ( \n \r\n \t , include a/*.conf include c; server location / if ($a) map $a $b http {
  events { upstream u { server a:1 proxy_pass http://u proxy_read_timeout 1s listen 80 content_by_lua_block { [[ ]] -- \uFEFF é`.split(
    / +/,
  );
const caddyWords =
  `{ } " \` \\ # $ {$A} {$A:b {args[0]} {args[:]} {block} {blocks.x} << <<E E \n \r\n \t , import a/* import c (s) (s) { import s
  &(r) @m :80 a.b, reverse_proxy forward_auth route dynamic a lb_retries -1 handle_response handle_errors invoke r transport http handle { } respond \uFEFF é \u2028`.split(
    / +/,
  );

const nginxTexts = [
  ...nginxTakes.map(([frame, text]) => framed(frame, text).text),
  ...nginxRefuses.map(({ frame, text }) => framed(frame, text).text),
];
const caddyTexts = [
  ...caddyTakes,
  ...acceptedNew,
  ...caddyRefuses.map(({ text }) => text),
  ...cases.flatMap(({ files }) => (typeof files === 'string' ? [files] : Object.values(files))),
];

const inputs = (texts: readonly string[], words: readonly string[]) =>
  fc.oneof(bytes, wide, soup(words), soup(words.map((word) => `${word} `)), mutated(texts, words));

describe(`whatever is in a file, seed ${seed}`, () => {
  it('nginx’s is read, and every finding has a place', () => {
    fc.assert(fc.property(inputs(nginxTexts, nginxWords), nginx), { seed, numRuns: 200 });
  });

  it('Caddy’s is read, and every finding has a place', () => {
    fc.assert(fc.property(inputs(caddyTexts, caddyWords), caddy), { seed, numRuns: 200 });
  });
});

/**
 * Large enough that taking the square of the length, in steps, would take minutes where these take milliseconds: the
 * time that a test may take decides, and no machine is so slow, or so fast, that it would decide otherwise.
 */
describe('the time for a large file is in proportion to its size', () => {
  const large = (piece: string, before = '', after = '') =>
    before + piece.repeat(Math.ceil(60_000 / piece.length)) + after;

  it.each([
    ['{', '{'],
    ['}', '}'],
    ['a', 'a'],
    ['quotes', '"'],
    ['quoted words', '"a" '],
    ['backslashes', '\\'],
    ['dollars', '$'],
    ['variables', '${'],
    ['blocks', 'a{'],
    ['empty blocks', 'a{}'],
    ['directives', 'a;'],
    ['unknown directives', 'proxy_raed_timeout 5s;\n'],
    ['mistakes', 'proxy_read_timeout 1.5s;\n'],
    ['comments', '#\n'],
    ['lines', '\n'],
    ['includes', 'include *a*b*c*d;'],
    ['includes of itself', 'include nginx.conf;'],
    ['Lua', 'content_by_lua_block { '],
    ['long brackets', '[=[ ', 'content_by_lua_block {'],
    ['equals signs', '=', 'content_by_lua_block { ['],
    ['locations', 'location / {}\n', 'server {', '}'],
    ['conditions', 'if ($a ~ "b") { }', 'server {', '}'],
    ['servers', 'server { location / { proxy_pass http://a; } }\n'],
    ['proxies', 'location /a { proxy_pass http://a; }\n', 'server {', '}'],
    ['patterns', 'location ~ (a+)+$ { try_files a /aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab; }\n', 'server {', '}'],
    ['rewrites', 'location ~ a { rewrite ^ /$1 last; proxy_pass http://a; }\n', 'server {', '}'],
    [
      'error pages',
      'location ~ a { error_page 502 /$a; proxy_pass http://a; }\n',
      'recursive_error_pages on; server {',
      '}',
    ],
    ['entries of a map', 'a $b;\n', 'map $a $b {', '} server { location / { proxy_pass http://$b; } }'],
    ['sets', 'set $a $b; set $b $a$a;\n', 'server { location / { proxy_pass http://$a; }', '}'],
    ['peers', 'server a;\n', 'upstream a {', '} server { location / { proxy_pass http://a; } }'],
    ['words', 'a ', 'server_name ', ';'],
    ['spaces', ' ', 'proxy_read_timeout "1', '";'],
    ['digits', '9', 'proxy_read_timeout ', ';'],
  ])('of nginx: %s', (_name, piece, before = '', after = '') => {
    const version = parseVersion('1.30.6');
    const text = large(piece, before, after);
    const { diagnostics } = judgeNginx(readNginx(new Map([['nginx.conf', text]]), 'nginx.conf', version), version);
    expect(diagnostics.length).toBeGreaterThanOrEqual(0);
  });

  it.each([
    ['braces', '{'],
    ['closing braces', '}'],
    ['lines of braces', '{\n'],
    ['blocks', 'a {\n', ':80 {\n'],
    ['words', 'a ', ':80 {\n'],
    ['lines', 'a\n', ':80 {\n', '}'],
    ['quotes', '"'],
    ['backticks', '`'],
    ['backslashes', '\\'],
    ['less than', '<'],
    ['heredocs', '<<E\nE\n', ':80 {\n'],
    ['open heredocs', '<<E\n', ':80 {\n'],
    ['lines of a heredoc', ' a\n', ':80 {\na <<E\n', ' E\n}'],
    ['heredoc names', 'a', '<<', '\n'],
    ['variables', '{$A'],
    ['variables in a heredoc', '{$A', '<<E\n', '}\nE'],
    ['nameless variables', '{$}'],
    ['addresses', 'a.b, '],
    ['sites', 'a {\n}\n'],
    ['snippets', '(a) {\n}\n'],
    ['imports', 'import *\n'],
    ['imports of a snippet', 'import s\n', '(s) {\na\n}\n:80 {\n'],
    ['arguments', '{args[0]}', '(s) {\na "', '"\n}\n:80 {\nimport s x\n}'],
    ['braces in an argument', '{', '(s) {\na "x', '"\n}\n:80 {\nimport s x\n}'],
    ['proxies', 'reverse_proxy /a b\n', ':80 {\n', '}'],
    ['limited proxies', 'reverse_proxy @a b\n', ':80 {\n', '}'],
    ['handles', 'handle {\nreverse_proxy b\n}\n', ':80 {\n', '}'],
    ['unknown handlers and proxies', 'a\nreverse_proxy @b b\n', ':80 {\n', '}'],
    ['authentications and proxies', 'forward_auth b\nreverse_proxy @a b\n', ':80 {\nroute {\n', '}\n}'],
    ['servers', 'b:1 ', ':80 {\nreverse_proxy ', '\n}'],
    ['ranges of servers', 'b:1-999 ', ':80 {\nreverse_proxy ', '\n}'],
    ['blocks of an import', 'b {\nc\n}\n', '(s) {\n{block}\n}\n:80 {\nimport s {\n', '}\n}'],
  ])('of Caddy: %s', (_name, piece, before = '', after = '') => {
    const version = parseVersion('2.11.4');
    const configuration = readCaddy(new Map([['Caddyfile', large(piece, before, after)]]), 'Caddyfile', version);
    expect(judgeCaddy(configuration, version).routes.length).toBeGreaterThanOrEqual(0);
  });
});
