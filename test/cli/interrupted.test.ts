import { readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { sha256 } from '../../src/cli/disk.ts';
import { manifestName, parseManifest } from '../../src/cli/manifest.ts';
import { shipped } from './child.ts';
import { session } from './session.ts';

const { start } = shipped();

/** Sites that wait `seconds` each: enough files to be interrupted in the middle. */
const topology = (seconds: number): string =>
  [
    'version: 1',
    `defaults: { timeouts: { response_header: ${seconds}s } }`,
    'sites:',
    ...Array.from({ length: 25 }, (_, index) => `  s${index}.example.com: { upstream: [10.0.0.2:80, 10.0.0.3:80] }`),
    '',
  ].join('\n');
const older = topology(5);
const newer = topology(6);

/** Path → bytes of everything in a folder. */
function contents(dir: string): Map<string, string> {
  const files = readdirSync(dir, { recursive: true, encoding: 'utf8' }).filter((path) =>
    statSync(join(dir, path)).isFile(),
  );
  return new Map(files.map((path) => [path, readFileSync(join(dir, path), 'utf8')]));
}

/** Do all files of the manifest have the bytes that it says? */
function isCalledGood(files: ReadonlyMap<string, string>): boolean {
  const manifest = parseManifest(Buffer.from(files.get(manifestName) ?? ''));
  if (typeof manifest === 'string') return false;
  return [...manifest.files].every(([path, entry]) => sha256(Buffer.from(files.get(path) ?? '')) === entry.sha256);
}

async function build(dir: string, text: string, ...args: readonly string[]) {
  writeFileSync(join(dir, 'topology.yaml'), text);
  return await start(dir, ['build', '-o', 'out', ...args]).ended;
}

/** What a whole build of each leaves. */
async function wholes() {
  const here = session({});
  const [one, other] = [join(here.dir, 'a'), join(here.dir, 'b')];
  for (const [dir, text] of [
    [one, older],
    [other, newer],
  ] as const) {
    writeFileSync(join(here.dir, 'topology.yaml'), text);
    expect((await start(here.dir, ['build', '-o', dir]).ended).code).toBe(0);
  }
  return { a: contents(one), b: contents(other) };
}

describe('a folder in which', () => {
  it('builds are killed at any moment is old or new, and the next build finishes it', async () => {
    const { a, b } = await wholes();
    const here = session({});
    const out = join(here.dir, 'out');
    expect((await build(here.dir, older)).code).toBe(0);
    let interrupted = 0;
    for (let round = 0; round < 8; round++) {
      const [text, before, after] = round % 2 === 0 ? [newer, a, b] : [older, b, a];
      writeFileSync(join(here.dir, 'topology.yaml'), text);
      const run = start(here.dir, ['build', '-o', 'out']);
      // Until the first file is another one; then somewhere in the middle.
      const first = readFileSync(join(out, 'caddy/Caddyfile'), 'utf8');
      for (let tries = 0; tries < 2_000 && readFileSync(join(out, 'caddy/Caddyfile'), 'utf8') === first; tries++) {
        await sleep(1);
      }
      await sleep(round);
      run.kill('SIGKILL');
      if ((await run.ended).code !== 0) interrupted++;
      const found = contents(out);
      for (const [path, text] of found) {
        // What is half-written has a name of its own.
        if (before.has(path) || after.has(path)) expect([before.get(path), after.get(path)]).toContain(text);
      }
      expect([...before.keys()].filter((path) => !found.has(path))).toEqual([]);
      const whole = [before, after].some((one) => [...one].every(([path, text]) => found.get(path) === text));
      expect(isCalledGood(found)).toBe(whole);
      // A file that is being written is left to whoever writes it: only what is older is nobody’s.
      for (const path of found.keys()) if (path.endsWith('.tmp')) utimesSync(join(out, path), 1e9, 1e9);
      expect((await build(here.dir, text)).code).toBe(0);
      expect(contents(out)).toEqual(after);
    }
    expect(interrupted).toBeGreaterThan(2);
  }, 120_000);

  it('several builds write at once is that of one of them, or is not called good', async () => {
    const { a, b } = await wholes();
    const here = session({ 'older.yaml': older, 'newer.yaml': newer });
    const out = join(here.dir, 'out');
    for (let round = 0; round < 2; round++) {
      const runs = ['older.yaml', 'newer.yaml', 'older.yaml'].map((name) =>
        start(here.dir, ['build', name, '-o', 'out']),
      );
      const done = await Promise.all(runs.map(({ ended }) => ended));
      // Who comes too late says so.
      for (const { code, stderr } of done) {
        expect([0, 1, 2]).toContain(code);
        if (code !== 0) expect(stderr).toMatch(/\n {2}help: /);
      }
      const found = contents(out);
      const whole = [a, b].some((one) => [...one].every(([path, text]) => found.get(path) === text));
      expect(isCalledGood(found)).toBe(whole);
      expect((await build(here.dir, round % 2 === 0 ? newer : older, '--force')).code).toBe(0);
    }
  }, 120_000);
});
