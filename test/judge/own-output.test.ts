import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { lex } from '../../src/judge/caddy/lexer.ts';
import { type Directive, parse } from '../../src/judge/nginx/parse.ts';
import { caddyToken } from '../../src/targets/caddy/tokens.ts';
import { nginxToken } from '../../src/targets/nginx/tokens.ts';
import { proxyFolders } from '../golden.ts';
import { caddy, newest, nginx } from './told.ts';

const top = join(import.meta.dirname, '../..');
const outputs = [
  ...readdirSync(join(top, 'examples')).map((name) => join(top, 'examples', name, 'out')),
  ...readdirSync(join(top, 'test/targets')).map((name) => join(top, 'test/targets', name, 'expected')),
];

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/** The folder of each nginx.conf and Caddyfile that is an expected output. */
const folders = outputs.flatMap((output) => (['nginx', 'caddy'] as const).flatMap((id) => proxyFolders(output, id)));
const isNginx = (folder: string): boolean => existsSync(join(folder, 'nginx.conf'));

function read(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    files.map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return [relative(folder, path), readFileSync(path, 'utf8')];
    }),
  );
}

type Shape = (string | Shape)[];
const shape = (directives: readonly Directive[]): Shape =>
  directives.map(({ name, args, block }) => [name, ...args.map(({ text }) => text), ...(block ? [shape(block)] : [])]);

const print = (directives: readonly Directive[]): string =>
  directives
    .map(({ name, args, block }) => {
      const words = [name, ...args.map(({ text }) => text)].map(nginxToken).join(' ');
      return block ? `${words} {\n${print(block)}}\n` : `${words};\n`;
    })
    .join('');

describe('what the program writes itself', () => {
  it('is found', () => {
    expect(folders.length).toBeGreaterThan(12);
  });

  it.each(folders.map((folder) => [relative(top, folder), folder] as const))(
    '%s is read without a finding',
    (_name, folder) => {
      const texts = read(folder);
      const { diagnostics, notUnderstood } = isNginx(folder) ? nginx(texts) : caddy(texts);
      expect([diagnostics, notUnderstood]).toEqual([[], []]);
    },
  );

  it.each(folders.map((folder) => [relative(top, folder), folder] as const))(
    '%s is printed to the same words',
    (_name, folder) => {
      for (const [file, text] of Object.entries(read(folder))) {
        if (isNginx(folder)) {
          const { directives } = parse(file, text);
          expect(shape(parse(file, print(directives)).directives)).toEqual(shape(directives));
        } else {
          const { tokens } = lex(file, text, newest.caddy);
          let printed = '';
          for (const [index, { text: word, line, quote }] of tokens.entries()) {
            if (index > 0) printed += (tokens[index - 1]?.line ?? 0) < line ? '\n' : ' ';
            printed += quote === '' ? word : caddyToken(word);
          }
          expect(lex(file, printed, newest.caddy).tokens.map((token) => token.text)).toEqual(
            tokens.map((token) => token.text),
          );
        }
      }
    },
  );

  it('is read as fragments as well', () => {
    for (const folder of folders.map((one) => join(one, 'conf.d')).filter(isFolder)) {
      const texts = read(folder);
      for (const file of Object.keys(texts)) {
        const { diagnostics, notUnderstood, context } = nginx(texts, newest.nginx, file);
        expect([file, diagnostics, notUnderstood, context]).toEqual([file, [], [], 'http']);
      }
    }
  });
});
