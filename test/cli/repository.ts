import { execFileSync, spawnSync } from 'node:child_process';
import { type Session, session } from './session.ts';

const there = spawnSync('git', ['--version']).status === 0;
/** A developer may do without git; where every change is judged, a test that does not run is a hole. */
export const withoutGit = !there && process.env.CI !== 'true';

export interface Repository extends Session {
  readonly env: Readonly<Record<string, string>>;
  readonly git: (args: readonly string[], input?: string) => string;
  readonly commit: (message: string) => void;
}

/** A session in a repository that knows nothing of the settings of whoever runs the test. */
export function repository(files: Readonly<Record<string, string>>): Repository {
  const here = session(files);
  const env: Record<string, string> = {
    PATH: process.env.PATH ?? '',
    HOME: here.dir,
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_NOSYSTEM: '1',
    ...Object.fromEntries(
      ['AUTHOR', 'COMMITTER'].flatMap((who) => [
        [`GIT_${who}_NAME`, 'a'],
        [`GIT_${who}_EMAIL`, 'a@b'],
      ]),
    ),
  };
  const git = (args: readonly string[], input = ''): string =>
    execFileSync('git', args, { cwd: here.dir, env, input, encoding: 'utf8', stdio: ['pipe', 'pipe', 'pipe'] });
  const commit = (message: string): void => {
    git(['add', '-A']);
    git(['commit', '-q', '-m', message]);
  };
  git(['init', '-q', '-b', 'main']);
  return { ...here, env, git, commit };
}
