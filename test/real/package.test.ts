import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { buildSync } from 'esbuild';
import { describe, expect, test } from 'vitest';
import { session } from '../cli/session.ts';
import { packed } from '../packed.ts';

const top = join(import.meta.dirname, '../..');
const { tarball, installed } = packed();
const inPackage = (path: string): string => join(installed(), 'node_modules/proxywright', path);

/** Loaded by their names: what they need of the types of others is not ours to install. */
async function loaded(name: string) {
  return import(name);
}
interface Publint {
  publint(options: {
    pack: { tarball: ArrayBuffer };
    strict: boolean;
  }): Promise<{ messages: readonly { code: string }[] }>;
}
interface TypesWrong {
  createPackageFromTarballData(data: Uint8Array): unknown;
  checkPackage(made: unknown): Promise<{ problems: readonly { kind: string; resolutionKind?: string }[] }>;
}

describe('the package', () => {
  test('holds what is needed, and nothing else', () => {
    const files = readdirSync(inPackage(''), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => relative(inPackage(''), join(parentPath, name)));
    const wanted = [
      /^(?:CHANGELOG\.md|LICENSE|README\.md|package\.json)$/,
      /^docs\/[a-z-]+\.md$/,
      /^schemas\/(?:diff|report|topology)\.schema\.json$/,
      /^dist\/(?:cli\.cjs|THIRD-PARTY-LICENSES\.txt)$/,
      /^dist\/parts\/[\w-]+\.c?js$/,
      /^dist\/parts\/[\w-]+\.cjs$/,
      /^dist\/[a-z0-9/.-]+\.(?:js|d\.ts)$/,
    ];
    expect(files.filter((file) => !wanted.some((one) => one.test(file)))).toEqual([]);
    // Every pattern stands for something, and no shell of the program is in the library.
    for (const pattern of wanted)
      expect(
        files.some((file) => pattern.test(file)),
        String(pattern),
      ).toBe(true);
    expect(files.filter((file) => /^dist\/(?:cli|commands|drill|build)\//.test(file))).toEqual([]);
    expect(statSync(tarball()).size).toBeLessThan(1_500_000);
  });

  test('was installed without a script of its own', () => {
    const { scripts } = JSON.parse(readFileSync(inPackage('package.json'), 'utf8'));
    expect(Object.keys(scripts).filter((name) => /^(?:pre|post)?install$/.test(name))).toEqual([]);
  });

  test('has the licence of everything that is bundled', () => {
    const text = readFileSync(inPackage('dist/THIRD-PARTY-LICENSES.txt'), 'utf8');
    const { metafile } = buildSync({
      entryPoints: [join(top, 'src/bin.ts')],
      bundle: true,
      platform: 'node',
      metafile: true,
      write: false,
    });
    const names = Object.keys(metafile.inputs).flatMap(
      (file) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1] ?? [],
    );
    expect(new Set(names).size).toBeGreaterThan(3);
    for (const name of new Set(names))
      expect(text).toMatch(new RegExp(`^${name} \\d+\\.\\d+\\.\\d+ \\((?:MIT|ISC|BSD)`, 'm'));
    expect(text.match(/permission/gi)?.length).toBeGreaterThan(new Set(names).size);
  });

  test('runs: its command starts in an empty folder, writes a topology and builds it', () => {
    const { dir } = session();
    const run = (...args: string[]) =>
      spawnSync(join(installed(), 'node_modules/.bin/proxywright'), args, { cwd: dir, encoding: 'utf8' });
    expect(run('--version').stdout).toBe(`${JSON.parse(readFileSync(join(top, 'package.json'), 'utf8')).version}\n`);
    expect(run('init')).toMatchObject({ status: 0, stdout: 'wrote topology.yaml\n' });
    expect(run('build', '-o', 'out')).toMatchObject({ status: 0 });
    expect(run('completion', 'bash').stdout).toContain('complete -o default');
    expect(run('bild')).toMatchObject({ status: 2, stdout: '' });
  });

  test('is a library whose functions do what its types say', () => {
    const code = `import { compile, filesOf, lint, parse, report, type Diagnostic, type OutputFile } from 'proxywright';
const text = 'version: 1\\nsites: { a.example.com: { upstream: ["10.0.0.1:80", "10.0.0.2:80"] } }\\n';
const found: readonly Diagnostic[] = lint('topology.yaml', text);
const { topology } = parse('topology.yaml', text);
const files: OutputFile[] = topology ? compile(topology) : [];
const worst: number | null | undefined = report('topology.yaml', text)?.routes[0]?.targets[0]?.worst_wait_ms;
// What is beside the text: included files, variables, what-ifs; and the line of a finding.
const files_ = filesOf(new Map([['a.yaml', 'sites: { b.example.com: { upstream: pool, budget: 1s } }']]));
const around = { files: files_, variables: new Map([['PORT', '80']]), set: ['sites.b.example.com.budget=2s'] };
const both = 'version: 1\\ninclude: [./a.yaml]\\nupstreams: { pool: { servers: ["10.0.0.1:\${PORT}", "10.0.0.2:80"] } }\\n';
const { files: read } = parse('topology.yaml', both, around);
const over = read[1]?.diagnostics.find(({ rule }) => rule === 'over-budget');
console.log(read.length, over && read[1]?.source.position(read[1].source.span(over.place).start).line, over?.message.includes('2s'));
// @ts-expect-error: were the types lost, everything would be allowed.
const wrong: string = files[0]?.path.length;
console.log(found.length > 0, files.map(({ path }) => path).includes('caddy/Caddyfile'), worst, typeof wrong);
`;
    writeFileSync(join(installed(), 'use.mts'), code);
    const tsc = join(top, 'node_modules/typescript/bin/tsc');
    const options = ['--module', 'nodenext', '--target', 'es2022', '--strict', '--types', '', '--outDir', 'made'];
    const types = spawnSync(process.execPath, [tsc, ...options, 'use.mts'], { cwd: installed(), encoding: 'utf8' });
    expect(types.stdout + types.stderr).toBe('');
    const printed = execFileSync(process.execPath, ['made/use.mjs'], { cwd: installed(), encoding: 'utf8' });
    expect(printed).toBe('2 1 true\ntrue true 62000 number\n');
  });

  test('brings the schema by its name', () => {
    const code = `import { createRequire } from 'node:module'; const require = createRequire(import.meta.url + '/x');
console.log(require('proxywright/schema').title, require('proxywright/package.json').name);`;
    const args = ['--input-type=module', '-e', code];
    const printed = execFileSync(process.execPath, args, { cwd: installed(), encoding: 'utf8' });
    expect(printed).toMatch(/^proxywright topology proxywright$/im);
  });

  test('satisfies publint, and its types resolve wherever ES modules do', async () => {
    const data = new Uint8Array(readFileSync(tarball()));
    const { publint }: Publint = await loaded('publint');
    expect((await publint({ pack: { tarball: data.buffer }, strict: true })).messages).toEqual([]);
    const { createPackageFromTarballData, checkPackage }: TypesWrong = await loaded('@arethetypeswrong/core');
    const { problems } = await checkPackage(createPackageFromTarballData(data));
    // It has no CommonJS, and says so: since Node 20.19 `require` takes ES modules.
    const known = problems.filter(({ resolutionKind }) => resolutionKind !== 'node10');
    expect(known.map(({ kind }) => kind)).toEqual(['CJSResolvesToESM']);
  });
});
