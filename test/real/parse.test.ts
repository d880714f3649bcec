import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { parse } from '../../src/judge/nginx/parse.ts';
import { parseVersion } from '../../src/model/version.ts';
import {
  acceptedNew,
  refused as caddyRefuses,
  accepted as caddyTakes,
  framedWords,
  misread,
  rightWords,
  type Words,
  wrongWords,
} from '../judge/caddy-cases.ts';
import { framed, refused as nginxRefuses, accepted as nginxTakes } from '../judge/nginx-cases.ts';
import { caddy, toldCaddy, toldNginx } from '../judge/told.ts';
import { inPairs } from '../properties/layout.ts';
import { seed } from '../properties/topologies.ts';
import { type Binary, requireBinaries } from '../proxies/binaries.ts';
import { adaptCaddy, testNginx } from '../proxies/inspect.ts';

const base = mkdtempSync(join(tmpdir(), 'proxywright-parse-'));
afterAll(() => rmSync(base, { recursive: true, force: true }));

type Others = Readonly<Record<string, string>>;

/** What a program said of a configuration, and the line that it named. */
interface Said {
  readonly ok: boolean;
  readonly line?: number;
  readonly output: string;
}

function said(ok: boolean, output: string, line: RegExp): Said {
  const found = Number(line.exec(output)?.[1]);
  return { ok, output, ...(found ? { line: found } : {}) };
}

async function askNginx(binary: Binary, text: string, others: Others = {}): Promise<Said> {
  const folder = mkdtempSync(join(base, 'nginx-'));
  for (const [name, content] of Object.entries(others)) writeFileSync(join(folder, name), content);
  const config = join(folder, 'nginx.conf');
  writeFileSync(config, text);
  const { ok, output } = await testNginx(binary, folder, config);
  // Warnings come before what it stops at.
  const stops = output.split('\n').find((line) => line.includes('[emerg]')) ?? '';
  return said(ok, stops, /nginx\.conf:(\d+)/);
}

async function askCaddy(
  binary: Binary,
  text: string,
  others: Others = {},
): Promise<Said & { readonly config: unknown }> {
  const folder = mkdtempSync(join(base, 'caddy-'));
  for (const [name, content] of Object.entries(others)) writeFileSync(join(folder, name), content);
  const config = join(folder, 'Caddyfile');
  writeFileSync(config, text);
  const { ok, output, config: adapted } = await adaptCaddy(binary, folder, config);
  const error = output
    .split('\n')
    .filter((line) => !line.startsWith('{'))
    .join('\n');
  return { ...said(ok, error, /(?:Caddyfile:|on line #)(\d+)/), config: adapted };
}

/** Words with everything that a lexer could stumble over. */
const randomWords = (more: readonly string[]) =>
  fc
    .array(fc.constantFrom('a', 'b ', '"', '"', '\\', '#', '\n', '\r\n', '\t', 'é', '\\"', '\\n', '\\\n', ...more), {
      minLength: 1,
      maxLength: 12,
    })
    .map((parts) => parts.join(''));

/** File and line of the first finding, as both programs write it at the end of theirs. */
const placeOf = (told: readonly string[]): string => `/${/^[^:]*:\d+/.exec(told[0] ?? '')?.[0]}`;

const lineOf = (told: readonly string[]): number => Number(/^[^:]*:(\d+)/.exec(told[0] ?? '')?.[1]);

interface Case {
  readonly name: string;
  readonly task: () => Promise<string | undefined>;
}

/** Runs all cases, and returns what was not as we say. */
async function differences(cases: readonly Case[]): Promise<string[]> {
  const found: string[] = [];
  await inPairs(
    cases.map(({ name, task }) => async () => {
      const difference = await task();
      if (difference) found.push(`${name}: ${difference}`);
    }),
  );
  return found;
}

describe.each(requireBinaries('nginx'))('nginx $version', (binary) => {
  const version = parseVersion(binary.version);

  it('takes what we take', async () => {
    const cases = nginxTakes.map(([frame, text]) => ({
      name: `${frame} ${text}`,
      task: async () => {
        const { ok, output } = await askNginx(binary, framed(frame, text).text);
        return ok ? undefined : output;
      },
    }));
    expect(await differences(cases)).toEqual([]);
  });

  it('refuses what we refuse, at the same line', async () => {
    const cases = nginxRefuses.map(({ frame, text, theirs, only }) => ({
      name: `${frame} ${text.slice(0, 100)}`,
      task: async () => {
        const whole = framed(frame, text);
        const { ok, line = 0, output } = await askNginx(binary, whole.text);
        const ours = toldNginx(whole.text, version);
        if (only && only !== binary.age) return ok && ours.length === 0 ? undefined : `${output} ${ours}`;
        if (ok) return 'nginx takes it';
        const expected = theirs === undefined ? lineOf(ours) : theirs + whole.above;
        return line === expected ? undefined : `we say ${ours[0]}, it says ${output}`;
      },
    }));
    expect(await differences(cases)).toEqual([]);
  });

  it('finds the same in files that are included', async () => {
    const cases = [
      { a: 'server {\n listen 80 x;\n}' },
      { a: 'server {\n' },
      { a: '}' },
      { a: 'include b;', b: '\nproxy_pass http://a;' },
      { a: 'include\nb;' },
      { a: 'include b*; include b;' },
      { a: 'proxy_read_timeout 1s;', b: 'x' },
      { a: 'map $uri $b { include b; }', b: 'c d;\ne;' },
      { a: '' },
    ].map((others) => ({
      name: JSON.stringify(others),
      task: async () => {
        const main = 'events {}\nhttp {\ninclude a;\nproxy_read_timeout 2s;\n}';
        const { ok, output } = await askNginx(binary, main, others);
        const ours = toldNginx({ 'nginx.conf': main, ...others }, version);
        if (ok || ours.length === 0) return ok && ours.length === 0 ? undefined : `${output} ${ours}`;
        return output.includes(placeOf(ours)) ? undefined : `we say ${ours[0]}, it says ${output}`;
      },
    }));
    expect(await differences(cases)).toEqual([]);
  });

  it(`agrees on random words, seed ${seed}`, async () => {
    const words = fc.sample(randomWords([';', '{', '}', "'", '$', ')', ' ;', '; ']), { seed, numRuns: 150 });
    const cases = words.map((text) => ({
      name: JSON.stringify(text),
      task: async () => {
        // Here any words are right.
        const whole = framed('http', `types {\n${text}\n}`).text;
        const { fault } = parse('nginx.conf', whole);
        const ours = toldNginx(whole, version);
        const { ok, line, output } = await askNginx(binary, whole);
        if (ok) return ours.length === 0 ? undefined : `nginx takes it, and we say ${ours[0]}`;
        // A `}` may have ended the block: a directive that nobody knows is for us one of a module.
        if (output.includes('unknown directive')) return undefined;
        return fault || ours.length > 0
          ? line === lineOf(ours)
            ? undefined
            : `we say ${ours[0]}, it says ${output}`
          : output;
      },
    }));
    expect(await differences(cases)).toEqual([]);
  });
});

describe.each(requireBinaries('caddy'))('Caddy $version', (binary) => {
  const version = parseVersion(binary.version);

  it('takes what we take', async () => {
    const cases = [...caddyTakes, ...(binary.age === 'new' ? acceptedNew : []), ...misread.map(([text]) => text)];
    expect(
      await differences(
        cases.map((text) => ({
          name: JSON.stringify(text),
          task: async () => {
            const { ok, output } = await askCaddy(binary, text);
            return ok ? undefined : output;
          },
        })),
      ),
    ).toEqual([]);
  });

  it('refuses the words that we refuse, at the same line, and takes those that we take', async () => {
    const ask = (one: Words, isRight: boolean): Case => ({
      name: one.text,
      task: async () => {
        const { text, line } = framedWords(one);
        const { ok, line: theirs, output } = await askCaddy(binary, text);
        if (isRight) return ok ? undefined : output;
        if (ok) return 'Caddy takes it';
        return line === 'none' || theirs === line ? undefined : `we say ${line}, it says ${output}`;
      },
    });
    const isHere = ({ only }: Words): boolean => only === undefined || only === binary.age;
    const [wrong, right] = [wrongWords.filter(isHere), rightWords.filter(isHere)];
    const cases = [...wrong.map((one) => ask(one, false)), ...right.map((one) => ask(one, true))];
    expect(await differences(cases)).toEqual([]);
  });

  it('refuses what we refuse, at the same line', async () => {
    const cases = caddyRefuses.map(({ text, theirs, only }) => ({
      name: JSON.stringify(text),
      task: async () => {
        const { ok, line, output } = await askCaddy(binary, text);
        const ours = toldCaddy(text, version);
        if (only && only !== binary.age) return ok || ours.length === 0 ? undefined : `${output} ${ours}`;
        if (ok) return 'Caddy takes it';
        // What the old one reports comes from its directives, not from how it reads.
        if (ours.length === 0) return binary.age === 'old' ? undefined : 'we take it';
        if (theirs === 'none') return undefined;
        return line === (theirs ?? lineOf(ours)) ? undefined : `we say ${ours[0]}, it says ${output}`;
      },
    }));
    expect(await differences(cases)).toEqual([]);
  });

  it('finds the same in files that are imported', async () => {
    const cases = [
      { a: ':81 {\n' },
      { a: 'import b\n', b: ':81 {\n\trespond x }\n}\n' },
      { a: 'import b\n' },
      { a: '(s) {\n\trespond {args.0}\n}\n:81 {\n\timport s x\n}\n' },
      { a: '# nothing\n' },
      { a: 'import b*\n', b1: ':81 {\n}\n', b2: ':82 {\n' },
      { a: ':81 {\n\timport b\n}\n', b: 'handle {\n' },
    ].map((others) => ({
      name: JSON.stringify(others),
      task: async () => {
        const main = 'import a\n:80 {\n\trespond y\n}\n';
        const { ok, output } = await askCaddy(binary, main, others);
        const ours = toldCaddy({ Caddyfile: main, ...others }, version);
        if (ok || ours.length === 0) return ok && ours.length === 0 ? undefined : `${output} ${ours}`;
        return ours.some((one) => output.includes(placeOf([one]))) ? undefined : `we say ${ours[0]}, it says ${output}`;
      },
    }));
    expect(await differences(cases)).toEqual([]);
  });

  it(`agrees on random words, seed ${seed}`, async () => {
    const words = fc.sample(randomWords(['`', '<<', '<<E', '\nE', ' ', '{', '}']), { seed, numRuns: 150 });
    const cases = words.map((text) => ({
      name: JSON.stringify(text),
      task: async () => {
        const whole = `:80 {\n\tvars a ${text}\n}\n`;
        const { diagnostics, blocks } = caddy(whole, version);
        const [directive, ...others] = blocks[0]?.directives ?? [];
        const value = directive?.args[1]?.text;
        const { ok, output, config } = await askCaddy(binary, whole);
        if (diagnostics.some(({ severity }) => severity === 'error'))
          return ok ? `Caddy takes it, and we say ${diagnostics[0]?.message}` : undefined;
        // More or other words: what Caddy says then is about `vars`.
        if (
          blocks.length > 1 ||
          others.length > 0 ||
          directive?.block ||
          directive?.args.length !== 2 ||
          value === undefined
        )
          return undefined;
        if (!ok) return output;
        const theirs = /"a":("(?:[^"\\]|\\.)*"|[^,}]*)/.exec(JSON.stringify(config))?.[1] ?? '';
        const read = theirs.startsWith('"') ? (JSON.parse(theirs) as string) : theirs;
        return read === value ? undefined : `Caddy reads ${theirs}, and we ${JSON.stringify(value)}`;
      },
    }));
    expect(await differences(cases)).toEqual([]);
  });
});
