import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { build, transform } from 'esbuild';

const out = '/tmp/pw/speedtmp/split';
rmSync(out, { recursive: true, force: true });
mkdirSync(out);
const { outputFiles, metafile } = await build({
  entryPoints: ['src/bin.ts'],
  outdir: out,
  bundle: true,
  platform: 'node',
  target: 'node20.19',
  format: 'esm',
  splitting: true,
  alias: { yaml: process.cwd() + '/node_modules/yaml/browser/dist/index.js' },
  metafile: true,
  write: false,
  absWorkingDir: process.cwd(),
  legalComments: 'none',
});
for (const f of outputFiles) {
  const t = await transform(f.text, {
    format: 'cjs',
    platform: 'node',
    target: 'node20.19',
    supported: { 'dynamic-import': false },
  });
  writeFileSync(
    f.path.replace(/\.js$/, '.cjs'),
    t.code.replaceAll(/require\("(\.\/[^"]+)\.js"\)/g, 'require("$1.cjs")'),
  );
}
console.log(outputFiles.length);
for (const [k, o] of Object.entries(metafile.outputs))
  console.log(k.split('/').at(-1), o.bytes, Object.keys(o.inputs).length, o.entryPoint ?? '');
