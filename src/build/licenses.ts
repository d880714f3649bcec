import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The licences of all packages that a bundle has code of, as they ask for it: with their texts. */
export function licenses(top: string, bundled: Iterable<string>): string {
  const packages = new Set([...bundled].flatMap((file) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? []));
  const parts = [...packages].sort().map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(top, folder, 'package.json'), 'utf8'));
    const texts = readdirSync(join(top, folder)).filter((file) => /^(?:licen[cs]e|notice)/i.test(file));
    if (texts.length === 0) throw new Error(`${name} is bundled, and has no licence that could be passed on`);
    const text = texts.map((file) => readFileSync(join(top, folder, file), 'utf8').trim()).join('\n\n');
    return `${name} ${version} (${license})\n\n${text}\n`;
  });
  const line = `${'-'.repeat(80)}\n\n`;
  return `dist/cli.cjs and dist/parts contain code of these packages.\n\n${line}${parts.join(`\n${line}`)}`;
}
