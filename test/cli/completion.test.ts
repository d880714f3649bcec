import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { program } from '../../src/cli/program.ts';
import { catalogue } from '../../src/rules/index.ts';
import { session } from './session.ts';

const shells = ['bash', 'zsh', 'fish'] as const;
const tree = program({ stdout: { write() {} }, stderr: { write() {} } } as never, () => {});

/** Words of the shell's own that stand beside a `-` or in quotes. */
function wordsOf(script: string): Set<string> {
  return new Set(script.split(/[^A-Za-z0-9_-]+/));
}

describe('completion', () => {
  test.each(shells)('%s: knows every command, option and choice', async (shell) => {
    const { code, stdout, stderr } = await session().look(['completion', shell]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const words = wordsOf(stdout);
    for (const command of tree.commands) {
      expect(words).toContain(command.name());
      for (const { long, short, argChoices = [] } of command.options) {
        expect(words).toContain(shell === 'fish' ? long?.slice(2) : long);
        if (short) expect(words).toContain(shell === 'fish' ? short.slice(1) : short);
        for (const choice of argChoices) expect(words).toContain(choice);
      }
    }
    for (const word of ['sarif', 'compose', 'capabilities', 'help', ...catalogue.keys()]) expect(words).toContain(word);
  });

  test.each(shells)('%s: says how it is switched on', async (shell) => {
    const { stdout } = await session().look(['completion', shell]);
    expect(stdout).toContain(`proxywright completion ${shell}`);
  });

  test('of another shell is a wrong call', async () => {
    const { code, stderr } = await session().look(['completion', 'tcsh']);
    expect(code).toBe(2);
    expect(stderr).toContain('bash, zsh, fish');
  });
});

const there = spawnSync('bash', ['--version']).status === 0;
if (!there && process.env.CI !== 'true') console.warn('SKIPPED in test/cli/completion.test.ts: bash is not installed');

describe.skipIf(!there && process.env.CI !== 'true')('in bash', () => {
  test.each([
    ['', 'init build lint report explain import diff verify drill print completion help'],
    ['li', 'lint'],
    ['--c', '--color'],
    ['help bu', 'build'],
    ['lint --for', '--format'],
    ['lint --format s', 'sarif'],
    // The way bash splits it.
    ['lint --format =', 'pretty json sarif github gitlab junit markdown'],
    ['lint --format = j', 'json junit'],
    ['--no-color lint --fail-on ', 'error warning info never'],
    ['build -t c', 'caddy compose'],
    ['print ', 'model defaults schema rules capabilities'],
    ['completion ', 'bash zsh fish'],
    ['explain over', 'over-budget'],
    // Files are for bash itself.
    ['lint ', ''],
    ['build -o ', ''],
    ['explain over-budget ', ''],
  ])('`%s` becomes %s', async (line, expected) => {
    const here = session();
    writeFileSync(join(here.dir, 'script'), (await here.run(['completion', 'bash'])).stdout);
    const words = ['proxywright', ...line.split(' ')];
    const code = `set -u; . ./script; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _proxywright; printf '%s' "\${COMPREPLY[*]-}"`;
    const { stdout, stderr } = spawnSync('bash', ['-c', code, 'bash', ...words], { cwd: here.dir, encoding: 'utf8' });
    expect({ stdout, stderr }).toEqual({ stdout: expected, stderr: '' });
  });
});
