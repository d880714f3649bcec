import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const top = join(import.meta.dirname, '..');

describe('docs/worst-wait.md', () => {
  it('names tests that exist', () => {
    const text = readFileSync(join(top, 'docs/worst-wait.md'), 'utf8');
    const named = [...text.matchAll(/\| `(test\/\S+)`: (.*) \|$/gm)].flatMap(([, file = '', titles = '']) =>
      titles.split('; ').map((title) => [file, title] as const),
    );
    expect(named.length).toBeGreaterThan(12);
    const missing = named.filter(([file, title]) => !readFileSync(join(top, file), 'utf8').includes(title));
    expect(missing).toEqual([]);
  });
});
