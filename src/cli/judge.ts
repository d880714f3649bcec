import type { Place } from '../diagnostics/diagnostic.ts';
import { visible } from '../diagnostics/visible.ts';
import type { Configuration } from '../judge/fit.ts';
import type { Judgement } from '../judge/index.ts';
import type { Judged } from '../judge/judged.ts';
import { defaults } from '../model/defaults.ts';
import { oldest } from '../model/resolve.ts';
import { atLeast, parseVersion, type Version } from '../model/version.ts';
import type { Source } from '../source/source.ts';
import { type Language, languageOf, readConfiguration } from './configuration.ts';
import { type Io, UsageError } from './io.ts';
import { type LoadOptions, tellWork } from './load.ts';
import { diskTree } from './tree.ts';

/** What a person says of a hand-written file where its name does not. */
export interface JudgeOptions {
  readonly as?: Language;
  readonly nginxVersion?: string;
  readonly caddyVersion?: string;
}

/** A hand-written configuration as the commands get it. */
export interface JudgedInput extends Judgement {
  /** As it was named. */
  readonly name: string;
  readonly configuration: Configuration;
  /** The same files if some of them, by their names, had other texts. */
  again(texts: ReadonlyMap<string, string>): JudgedInput;
  bytesOf(name: string): Uint8Array;
  /** The same, judged as the oldest version that is known; of one that was named without its patch, as the last patch. */
  readonly other?: Judged;
}

/** Nothing: the file is a topology. */
export async function judgeInput(
  io: Io,
  file: string | undefined,
  options: JudgeOptions,
  { compare = false, tree = diskTree(io.cwd) } = {},
): Promise<JudgedInput | undefined> {
  const language = languageOf(tree, file, options.as);
  if (language === 'topology') return undefined;
  // Most inputs are topologies: what reads other languages is loaded for those.
  const { judgedAs, judgeFiles } = await import('../judge/index.ts');
  if (file === undefined) throw new UsageError('which file?', `name it: \`--as ${language} FILE\``);
  const written = language === 'nginx' ? options.nginxVersion : options.caddyVersion;
  const version = versionOf(written ?? defaults.targets[language].version.value, language);
  const { files, main } = await readConfiguration(io, tree, file, language);
  for (const [one, text] of files) tellWork(io, { bytes: Buffer.from(text) }, `reading ${visible(one)}`);
  const compared = compare ? comparedWith(written, language) : undefined;
  const name = file === '-' ? '<stdin>' : file;
  const bytesOf = (one: string): Uint8Array => (one === '<stdin>' ? Buffer.from(files.get(one) ?? '') : tree.read(one));
  const withTexts = (texts: ReadonlyMap<string, string>): JudgedInput => {
    const configuration: Configuration = { target: language, files: new Map([...files, ...texts]), main, version };
    return {
      ...judgeFiles(language, configuration.files, main, version),
      name,
      configuration,
      again: withTexts,
      bytesOf,
      ...(compared ? { other: judgedAs(language, configuration.files, main, compared).judged } : {}),
    };
  };
  return withTexts(new Map());
}

/** Which other version is told of: a release has changed more than once what it does without a word. */
function comparedWith(written: string | undefined, language: 'caddy' | 'nginx'): Version | undefined {
  if (written === undefined) return parseVersion(oldest[language]);
  if (written.split('.').length > 2) return undefined;
  return { ...parseVersion(`${written}.999`), text: `${written}, last patch` };
}

function versionOf(text: string, language: 'caddy' | 'nginx'): Version {
  if (!/^\d+\.\d+(?:\.\d+)?$/.test(text)) {
    throw new UsageError(`\`${text}\` is not a version`, `write \`--${language}-version ${oldest[language]}\``);
  }
  const version = parseVersion(text);
  if (atLeast(version, oldest[language])) return version;
  throw new UsageError(
    `${language} ${text} is too old: what it does has not been measured`,
    `the oldest is ${oldest[language]}`,
  );
}

/** What says how a topology is read means nothing for a hand-written file. */
export function refuseReading(options: LoadOptions, name: string): void {
  const { set = [], env, envFile = [], allowEnv = [] } = options;
  const given = { '--set': set[0], '--env': env, '--env-file': envFile[0], '--allow-env': allowEnv[0] };
  const [option] = Object.entries(given).find(([, value]) => value !== undefined) ?? [];
  if (option === undefined) return;
  throw new UsageError(`${option} speaks of a topology, and ${name} is none`, 'leave it away, or change the file');
}

/** The file that a place of a hand-written configuration is in. */
export function sourcesOf({ sources, files }: Judgement): (place: Place) => Source {
  return ({ source }) => {
    const found = sources.get(source) ?? files[0]?.source;
    if (!found) throw new Error(`${source} was not read`);
    return found;
  };
}
