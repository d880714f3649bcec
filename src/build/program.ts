import { join } from 'node:path';
import { build, type Plugin, transform } from 'esbuild';

/** One file of the program. */
export interface Part {
  readonly path: string;
  readonly text: string;
}

/**
 * The program as a small file that knows the commands, and the files that each command loads: a run reads what it needs,
 * and is there in half the time of one large file. CommonJS, which Node starts faster than ES modules.
 */
export async function programParts(top: string, folder: string): Promise<{ parts: Part[]; inputs: string[] }> {
  const { outputFiles, metafile } = await build({
    entryPoints: { cli: join(top, 'src/bin.ts') },
    outdir: folder,
    chunkNames: 'parts/[name]-[hash]',
    outExtension: { '.js': '.cjs' },
    bundle: true,
    splitting: true,
    // Only this format is split.
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    // The ES build of yaml leaves out what is not used.
    alias: { yaml: join(top, 'node_modules/yaml/browser/dist/index.js') },
    plugins: [withoutPrograms],
    // Comments with licences are in the file beside it, with the others.
    legalComments: 'none',
    metafile: true,
    write: false,
    absWorkingDir: top,
    logLevel: 'warning',
  });
  const parts = outputFiles.map(async ({ path, text }): Promise<Part> => {
    const { code } = await transform(text, {
      format: 'cjs',
      platform: 'node',
      target: 'node20.19',
      supported: { 'dynamic-import': false },
    });
    return { path, text: path === join(folder, 'cli.cjs') ? `${head}${code}` : code };
  });
  return { parts: await Promise.all(parts), inputs: Object.keys(metafile.inputs) };
}

/** Commander loads what starts programs, for commands that are programs of their own: there are none, and it takes time. */
const withoutPrograms: Plugin = {
  name: 'without programs',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^node:child_process$/ }, ({ importer }) =>
      /[\\/]commander[\\/]/.test(importer) ? { path: 'none', namespace: 'without-programs' } : undefined,
    );
    onLoad({ filter: /^none$/, namespace: 'without-programs' }, () => ({ contents: 'module.exports = {};' }));
  },
};

/** Since Node 22 what was compiled once is kept: said before anything else is loaded. */
const head = "#!/usr/bin/env node\nrequire('node:module').enableCompileCache?.();\n";
