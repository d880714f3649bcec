import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import packageJson from '../package.json' with { type: 'json' };
import { catalogue } from '../src/rules/index.ts';
import { version } from '../src/version.ts';

const source = join(dirname(fileURLToPath(import.meta.url)), '..', 'src');

/** Data flows downwards: a folder may import from those above it, and from itself. */
const order = [
  'diagnostics',
  'source',
  'schema',
  'model',
  'latency',
  'targets',
  'report',
  'rules',
  'judge',
  'pipeline.ts',
  'runbook.ts',
  'compile.ts',
  'fit.ts',
  'version.ts',
  'index.ts',
  'import',
  'reporters',
  'diff',
  'completion',
  'cli',
  'drill',
  'commands',
  'cli.ts',
  'bin.ts',
  'build',
];
/** The shell: nothing else touches files, processes or the network. */
const shell = ['cli', 'drill', 'commands', 'bin.ts', 'build'];

const files = readdirSync(source, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !file.includes('.generated.'))
  .map((file) => {
    const text = readFileSync(join(source, file), 'utf8');
    const imports = [...text.matchAll(/(?:from|import\()\s*'([^']+)'/g)].map(([, name = '']) => name);
    return { file, text, imports };
  });

/** The folder below src, or the file itself when it stands there alone. */
function room(file: string): string {
  return file.split('/')[0] ?? file;
}

describe('the code', () => {
  it('imports only what stands above it', () => {
    const wrong = files.flatMap(({ file, imports }) =>
      imports
        .filter((name) => name.startsWith('.'))
        .map((name) => room(relative(source, resolve(source, dirname(file), name))))
        // Commands are loaded by the program when they are asked for: the one arrow upwards.
        .filter((target) => !(file === 'cli/program.ts' && target === 'commands'))
        .filter((target) => order.indexOf(target) < 0 || order.indexOf(target) > order.indexOf(room(file)))
        .map((target) => `${file} imports ${target}`),
    );
    expect(wrong).toEqual([]);
  });

  it('touches the machine in the shell only', () => {
    const wrong = files.filter(
      ({ file, text, imports }) =>
        !shell.includes(room(file)) && (imports.some((name) => name.startsWith('node:')) || /\bprocess\./.test(text)),
    );
    expect(wrong.map(({ file }) => file)).toEqual([]);
  });

  it('never cuts a pipe with process.exit', () => {
    expect(files.filter(({ text }) => text.includes('process.exit(')).map(({ file }) => file)).toEqual([]);
  });

  it('knows its own version', () => {
    expect(version).toBe(packageJson.version);
  });
});

describe('the catalogue', () => {
  it('says something of every finding that the code can make', () => {
    const ids = files.flatMap(({ text }) =>
      [...text.matchAll(/'((?:yaml|schema|reference|ignore)-[a-z-]+|tls-internal)'/g)].map(([, id = '']) => id),
    );
    expect([...new Set(ids)].filter((id) => !catalogue.has(id))).toEqual([]);
    expect(
      [...catalogue.keys()].filter((id) => /^(?:yaml|schema|reference|ignore)-/.test(id) && !ids.includes(id)),
    ).toEqual([]);
  });
});
