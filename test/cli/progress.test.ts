import { expect, test } from 'vitest';
import { shipped } from './child.ts';
import { session } from './session.ts';

const { start } = shipped();
// Longer than a second on any machine.
const sites = Array.from({ length: 5_000 }, (_, at) => `  s${at}.example.com: [10.0.0.2:80, 10.0.0.3:80]\n`);
const files = {
  'topology.yaml': `version: 1\nsites:\n${sites.join('')}`,
  'short.yaml': 'version: 1\nsites: { a.example.com: 10.0.0.2:80 }\n',
};
const lint = (name: string): string[] => ['lint', name, '--format', `json=${name}.json`];

// The `script` of other systems is called otherwise.
test.runIf(process.platform === 'linux')(
  'progress is a line on a terminal, which is taken away at the end; nowhere else, and not of what is short',
  async () => {
    const { dir } = session(files);
    const calls = [
      start(dir, lint('topology.yaml'), { terminal: true }),
      start(dir, lint('topology.yaml'), { terminal: true, env: { CI: 'true' } }),
      start(dir, lint('topology.yaml')),
      start(dir, lint('short.yaml'), { terminal: true }),
    ];
    const [shown, ...silent] = await Promise.all(calls.map(({ ended }) => ended));
    expect(shown?.code).toBe(0);
    const line = 'reading topology\\.yaml … \\d+s\\x1b\\[K';
    expect(shown?.stdout).toMatch(new RegExp(`^(?:\\r${line})+\\r\\x1b\\[K$`));
    expect(silent).toEqual(silent.map(() => ({ code: 0, stdout: '', stderr: '' })));
  },
);
