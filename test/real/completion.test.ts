import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { program } from '../../src/cli/program.ts';
import { completion } from '../../src/commands/completion.ts';

const top = join(import.meta.dirname, '../..');
const shells = join(process.env.PROXYWRIGHT_PROXIES ?? join(top, '.proxies'), 'shells');
let folder = '';

beforeAll(() => {
  execFileSync('bash', [join(top, 'test/proxies/shells.sh')]);
  folder = mkdtempSync(join(tmpdir(), 'proxywright-shells-'));
  writeFileSync(join(folder, 'topology.yaml'), '');
  for (const shell of ['zsh', 'fish'] as const) {
    const stdout = { isTTY: false, write: (text: string) => writeFileSync(join(folder, shell), text) };
    completion(
      shell,
      program({ stdout, stderr: stdout } as never, () => {}),
      { stdout },
    );
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The only folder of a name below usr/lib, which is called after the machine. */
function libraries(): string {
  const lib = join(shells, 'usr/lib');
  return join(lib, readdirSync(lib).find((name) => name.includes('-linux-')) ?? '');
}

const lines = [
  ['proxywright li', 'proxywright lint '],
  ['proxywright verify --allow-m', 'proxywright verify --allow-missing '],
  ['proxywright lint --format s', 'proxywright lint --format sarif '],
  ['proxywright lint --format=s', 'proxywright lint --format=sarif '],
  ['proxywright build -t co', 'proxywright build -t compose '],
  ['proxywright print cap', 'proxywright print capabilities '],
  ['proxywright explain over-b', 'proxywright explain over-budget '],
  ['proxywright help verif', 'proxywright help verify '],
  ['proxywright lint topo', 'proxywright lint topology.yaml '],
  ['proxywright completion z', 'proxywright completion zsh '],
] as const;

describe('completion in', () => {
  test.each(lines)('fish: `%s`', (line, expected) => {
    const script = `source fish; complete -C '${line}' | string replace -r '\\t.*' ''`;
    const env = {
      PATH: process.env.PATH,
      HOME: folder,
      LD_LIBRARY_PATH: libraries(),
      XDG_DATA_DIRS: join(shells, 'usr/share'),
    };
    const { stdout } = spawnSync(join(shells, 'usr/bin/fish'), ['-c', script], { cwd: folder, env, encoding: 'utf8' });
    expect(stdout.trimEnd()).toBe(expected.trimEnd().split(' ').at(-1));
  });

  test('zsh', () => {
    const modules = join(libraries(), 'zsh', readdirSync(join(libraries(), 'zsh'))[0] ?? '');
    const functions = readdirSync(join(shells, 'usr/share/zsh/functions'), { recursive: true, withFileTypes: true });
    const fpath = [...new Set(functions.filter((one) => one.isFile()).map(({ parentPath }) => parentPath))];
    // What stands on the line after a tab is written down by a widget of our own.
    writeFileSync(
      join(folder, 'inner'),
      `module_path=(${modules}); PS1=; autoload -Uz compinit; compinit -u -D; source ./zsh
told() { print -r -- "<$BUFFER>" >>told; BUFFER= }
zle -N told; bindkey '^X^T' told; : >told
`,
    );
    const typed = lines.map(([line], index) => [
      `zpty -w -n shell $'${line}\\t\\x18\\x14'`,
      `until [ "$(wc -l <told)" -gt ${index} ]; do sleep 0.05; done`,
    ]);
    const script = [
      `module_path=(${modules}); zmodload zsh/zpty`,
      `zpty shell ${join(shells, 'bin/zsh')} -f -i`,
      'zpty -w shell source ./inner',
      'until [ -e told ]; do sleep 0.05; done',
      ...typed.flat(),
      'zpty -d shell',
    ];
    writeFileSync(join(folder, 'outer'), `${script.join('\n')}\n`);
    const env = { PATH: process.env.PATH, HOME: folder, TERM: 'dumb', FPATH: fpath.join(':') };
    const options = { cwd: folder, env, encoding: 'utf8', timeout: 60_000 } as const;
    const { stderr } = spawnSync(join(shells, 'bin/zsh'), ['-f', 'outer'], options);
    expect(stderr).toBe('');
    const told = execFileSync('cat', [join(folder, 'told')], { encoding: 'utf8' })
      .trimEnd()
      .split('\n');
    expect(told).toEqual(lines.map(([, expected]) => `<${expected}>`));
  });
});
