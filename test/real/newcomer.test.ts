import { spawnSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { repository, withoutGit } from '../cli/repository.ts';
import { expectFile } from '../golden.ts';
import { packed } from '../packed.ts';
import { requireBinaries } from '../proxies/binaries.ts';

const top = join(import.meta.dirname, '../..');
const programs = (['nginx', 'caddy', 'docker-compose'] as const).map((program) => requireBinaries(program).at(-1));
const { installed } = packed();

/**
 * From an empty folder to a pull request that fails for a good reason, and passes when it is mended: everything that is
 * typed and everything that is said, in a file to be read as a newcomer would.
 */
describe.skipIf(withoutGit || programs.includes(undefined))('a newcomer', () => {
  test('init → edit → lint → build → verify → commit → CI', () => {
    const here = repository({});
    const bin = join(here.dir, '../', `${here.dir.split('/').at(-1)}-bin`);
    mkdirSync(bin);
    for (const one of programs) if (one) symlinkSync(one.path, join(bin, one.program));
    symlinkSync(join(installed(), 'node_modules/.bin/proxywright'), join(bin, 'proxywright'));
    const runner = join(bin, 'runner');
    mkdirSync(join(runner, 'proxywright'), { recursive: true });
    symlinkSync(join(installed(), 'node_modules'), join(runner, 'proxywright/node_modules'));

    const said: string[] = [];
    const env = { ...here.env, PATH: `${bin}:${dirname(process.execPath)}:${here.env.PATH}` };
    const shell = (command: string, more: Record<string, string> = {}) => {
      const { status, stdout } = spawnSync('bash', ['-c', `exec 2>&1; ${command}`], {
        cwd: here.dir,
        env: { ...env, ...more },
        encoding: 'utf8',
      });
      return { code: status, text: stdout };
    };
    /** What somebody types: it must end as expected, and is written down with what it says. */
    const type = (command: string, expected = 0): void => {
      const { code, text } = shell(command);
      said.push(`$ ${command}\n${text}${code === 0 ? '' : `(exit code ${code})\n`}`);
      expect({ command, code, text }).toMatchObject({ code: expected });
    };
    const edit = (from: string, to: string): void => {
      const before = here.read('topology.yaml');
      expect(before).toContain(from);
      here.write('topology.yaml', before.replace(from, to));
      said.push(`(edits topology.yaml: ${from} → ${to})\n`);
    };
    /** The action on a pull request of the branch `change`. */
    const ci = (expected: number): void => {
      here.git(['checkout', '-q', '-B', 'merge', 'main']);
      here.git(['merge', '-q', '--no-ff', '-m', 'merge', 'change']);
      writeFileSync(join(runner, 'event.json'), '{ "pull_request": { "number": 1 } }');
      for (const file of ['output', 'summary']) writeFileSync(join(runner, file), '');
      const { code, text } = shell(join(top, 'action/judge.sh'), {
        RUNNER_TEMP: runner,
        GITHUB_WORKSPACE: here.dir,
        GITHUB_EVENT_NAME: 'pull_request',
        GITHUB_EVENT_PATH: join(runner, 'event.json'),
        GITHUB_OUTPUT: join(runner, 'output'),
        GITHUB_STEP_SUMMARY: join(runner, 'summary'),
        GITHUB_SHA: here.git(['rev-parse', 'HEAD']).trim(),
        PROXYWRIGHT_FILES: 'topology.yaml',
        PROXYWRIGHT_FAIL_ON: 'error',
        PROXYWRIGHT_OUTPUT: 'deploy',
      });
      const { text: summary } = shell(`cat ${join(runner, 'summary')}`);
      said.push(`(CI, exit code ${code})\n${text}\n(the summary of the run)\n${summary}`);
      expect({ code, text }).toMatchObject({ code: expected });
      here.git(['checkout', '-q', 'change']);
    };

    type('proxywright lint', 2);
    type('proxywright init');
    edit('www.example.com:', 'shop.example.com:');
    edit('tries: 2 #', 'retries: 2 #');
    type('proxywright lint', 1);
    edit('retries: 2 #', 'tries: 2 #');
    edit('version: 1\n', 'version: 1\n\nacme: { email: ops@example.com }\n');
    type('proxywright lint --fail-on warning');
    type('proxywright report | head -5');
    type('proxywright build', 2);
    type('proxywright build -o deploy');
    type('proxywright verify');
    type('git add --all && git commit --quiet --message "the edge" && git checkout --quiet -b change');
    edit('      response_header: 5s # a hung server costs this much\n', '');
    type('git commit --quiet --all --message "tidy up"');
    ci(1);
    type('proxywright diff git:main:topology.yaml topology.yaml | head -1');
    edit('connect: 1s #', 'response_header: 4s\n      connect: 1s #');
    type('proxywright build -o deploy');
    type('git commit --quiet --all --message "four seconds are enough"');
    ci(0);

    const text = said
      .join('\n')
      .replaceAll(here.dir, 'HERE')
      .replace(/git:[0-9a-f]{10}:/g, 'git:COMMIT:')
      // What exactly is emitted is pinned elsewhere.
      .replace(/^```diff\n[\s\S]*?^```$/gm, '(a patch)')
      // Which versions are installed is not what this is about.
      .replace(/^(ok {5} .*?) +\d+\.\d+\.\d+$/gm, '$1 VERSION');
    expectFile(join(import.meta.dirname, '../newcomer.txt'), text);
  });
});
