import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { Version } from '../model/version.ts';
import { isReport } from '../report/report.ts';
import { check } from '../rules/index.ts';
import { type Settled, settle } from '../rules/settle.ts';
import type { Files } from '../source/paths.ts';
import type { Span } from '../source/source.ts';
import { readCaddy } from './caddy/index.ts';
import { judgeCaddy } from './caddy/judge.ts';
import type { Judged } from './judged.ts';
import { menderOf } from './mend.ts';
import { readNginx } from './nginx/index.ts';
import { judgeNginx } from './nginx/judge.ts';
import { inWordsOf, isSpoken } from './words.ts';

export interface Judgement extends Judged {
  /** Every file that was read, the main one first. */
  readonly files: readonly Settled[];
}

/**
 * Hand-written files → what their routes wait for, and all findings. `files` must have `main`. Nothing throws because of
 * what is in them.
 */
export function judgeFiles(target: 'caddy' | 'nginx', files: Files, main: string, version: Version): Judgement {
  const { judged, comments } = judgedAs(target, files, main, version);
  const reports = judged.routes.filter(isReport);
  const { topology, lowered } = judged;
  const found = check({ topology, lowered, reports, auths: [] }, topology.severities, menderOf(judged))
    .filter(({ rule }) => isSpoken(rule, target))
    .map((diagnostic) => inWordsOf(target, diagnostic));
  const all = withoutEchoes([...judged.diagnostics, ...found]);
  return {
    ...judged,
    files: settle(all, new Map([...judged.sources].map(([name, source]) => [source, comments.get(name) ?? []]))),
  };
}

/** What is wrong is not told a second time as something that was not understood. */
function withoutEchoes(all: readonly Diagnostic[]): Diagnostic[] {
  const key = ({ place }: Diagnostic): string => `${place.source} ${place.path}`;
  const wrong = new Set(all.filter(({ severity }) => severity === 'error').map(key));
  return all.filter((one) => one.severity !== 'info' || !wrong.has(key(one)));
}

interface Read {
  readonly judged: Judged;
  /** Where each file has comments. */
  readonly comments: ReadonlyMap<string, readonly Span[]>;
}

/** The waits alone, without what rules would find. */
export function judgedAs(target: 'caddy' | 'nginx', files: Files, main: string, version: Version): Read {
  return target === 'nginx' ? nginx(files, main, version) : caddy(files, main, version);
}

function nginx(files: Files, main: string, version: Version): Read {
  const configuration = readNginx(files, main, version);
  const comments = new Map([...configuration.files].map(([path, file]) => [path, file.comments]));
  return { judged: judgeNginx(configuration, version), comments };
}

function caddy(files: Files, main: string, version: Version): Read {
  const configuration = readCaddy(files, main, version);
  return { judged: judgeCaddy(configuration, version), comments: configuration.comments };
}
