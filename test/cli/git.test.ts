import { describe, expect, test } from 'vitest';
import { repository as inFolder, withoutGit } from './repository.ts';
import { told as old } from './session.ts';

if (withoutGit) console.warn('SKIPPED test/cli/git.test.ts: git is not installed');

const repository = () => inFolder({ 'edge/topology.yaml': old });

describe.skipIf(withoutGit)('lint in a git repository', () => {
  test('a commit brings a finding: it is shown, then suppressed with a reason; old ones stay hidden', async () => {
    const here = repository();
    const lint = async (...args: string[]) => {
      const done = await here.run(['lint', 'edge/topology.yaml', '--fail-on', 'info', '--format', 'github', ...args]);
      return { code: done.code, rules: [...done.stdout.matchAll(/title=([a-z-]+)/g)].map(([, rule]) => rule) };
    };
    const known = ['--baseline', 'edge/known.json'];
    const all = ['stale-dns', 'stale-dns', 'acme-email'];
    here.commit('what was there');
    expect(await lint()).toEqual({ code: 1, rules: all });
    expect(await lint(...known, '--update-baseline')).toEqual({ code: 0, rules: [] });
    here.commit('known findings');

    const pool = '  spare: { servers: [10.0.0.9:80] }\n';
    here.write('edge/topology.yaml', `# moved\n\n${old.replace('sites:', `${pool}sites:`)}`);
    here.commit('a pool that nobody uses');
    expect(await lint(...known)).toEqual({ code: 1, rules: ['reference-unused'] });
    expect((await lint()).rules.sort()).toEqual([...all, 'reference-unused'].sort());

    const reason = '  # proxywright-ignore reference-unused -- takes over on Monday\n';
    here.write('edge/topology.yaml', here.read('edge/topology.yaml').replace(pool, reason + pool));
    here.commit('with a reason');
    expect(await lint(...known)).toEqual({ code: 0, rules: [] });
    expect((await lint()).rules).toEqual(all);

    // Linting wrote nothing, and each commit is judged as it was then.
    expect(here.git(['status', '--porcelain'])).toBe('');
    here.git(['checkout', '-q', 'HEAD~1']);
    expect(await lint(...known)).toEqual({ code: 1, rules: ['reference-unused'] });
    here.git(['checkout', '-q', 'HEAD~1']);
    expect(await lint(...known)).toEqual({ code: 0, rules: [] });
  });

  test('a finding more is a line more in the diff of the baseline', async () => {
    const here = repository();
    const write = ['lint', 'edge/topology.yaml', '--baseline', 'known.json', '--update-baseline'];
    await here.run(write);
    here.commit('known findings');
    here.write('edge/topology.yaml', old.replace('sites:', '  spare: { servers: [10.0.0.9:80] }\nsites:'));
    await here.run(write);
    expect(here.git(['diff', '--numstat', 'known.json'])).toBe('1\t0\tknown.json\n');
  });

  test('`git apply` takes the diff of --fix --dry-run', async () => {
    const here = repository();
    const text = old.replace('sites:', '# proxywright-ignore over-budget -- long gone\nsites:');
    here.write('edge/topology.yaml', `${text}# the end, without a line break`);
    here.commit('a suppression of no use');
    const { stdout } = await here.run(['lint', 'edge/topology.yaml', '--fix', '--dry-run']);
    here.git(['apply'], stdout);
    expect(here.read('edge/topology.yaml')).toBe(`${old}# the end, without a line break`);
    const applied = here.state();
    expect((await here.run(['lint', 'edge/topology.yaml', '--fix'])).stderr).toBe('');
    expect(here.state()).toEqual(applied);
  });
});
