/**
 * Writes what is made ahead of time, because compiling a schema and templates at every start costs more than all the
 * rest of a run: the validator (ajv standalone), the schema as a module, the Handlebars templates; the program of the farm
 * of stand-ins, so that it is in the bundle; and the page of the rules.
 * `--check` writes nothing and fails when a file is stale.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv } from 'ajv';
import standalone from 'ajv/dist/standalone/index.js';
import Handlebars from 'handlebars';
import { rulesPage } from '../rules/page.ts';

const top = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const madeBy = '// Made by `npm run generate`; do not edit.\n';

function validator(schema: object): string {
  // `allErrors`: all mistakes of a file in one run. `ownProperties`: "constructor" is not a written key.
  const ajv = new Ajv({
    allErrors: true,
    messages: false,
    ownProperties: true,
    strictTypes: false,
    code: { source: true, esm: true },
  });
  ajv.addVocabulary(['x-expected', 'x-variables']);
  const code = standalone.default(ajv, ajv.compile(schema));
  // ajv writes `require` for its helpers even in ESM output; the schema uses no keyword that needs one.
  if (/\brequire\(/.test(code)) throw new Error('the schema uses a keyword whose helper ajv would `require`');
  return `// @ts-nocheck\n${madeBy}${code.replace('"use strict";', '')}\n`;
}

function templates(folder: string): string {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.hbs'))
    .map((file) => file.replaceAll('\\', '/'))
    .sort();
  const entries = files.map((file) => {
    const source = readFileSync(join(folder, file), 'utf8');
    const compiled = Handlebars.precompile(source, {
      noEscape: true,
      strict: true,
      knownHelpersOnly: true,
      knownHelpers: {},
    });
    return `  ${JSON.stringify(file.replace(/\.hbs$/, ''))}: ${compiled},\n`;
  });
  return `// @ts-nocheck\n${madeBy}export const templates = {\n${entries.join('')}};\n`;
}

const schema: object = JSON.parse(readFileSync(join(top, 'schemas/topology.schema.json'), 'utf8'));
const outputs: Record<string, string> = {
  'src/schema/validator.generated.ts': validator(schema),
  'src/schema/schema.generated.ts': `${madeBy}export const topologySchema = ${JSON.stringify(schema)};\n`,
  'docs/rules.md': rulesPage(),
  'src/targets/templates.generated.ts': templates(join(top, 'templates')),
  'src/drill/farm.generated.ts': `${madeBy}export const farmProgram = ${JSON.stringify(readFileSync(join(top, 'src/drill/farm.pl'), 'utf8'))};\n`,
};

const check = process.argv.includes('--check');
for (const [file, text] of Object.entries(outputs)) {
  const path = join(top, file);
  if (existsSync(path) && readFileSync(path, 'utf8') === text) continue;
  if (check) {
    console.error(`${relative(process.cwd(), path)} is stale: run \`npm run generate\` and commit the result`);
    process.exitCode = 1;
  } else {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    console.error(`wrote ${relative(process.cwd(), path)}`);
  }
}
