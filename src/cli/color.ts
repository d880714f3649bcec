import { Chalk, type ChalkInstance } from 'chalk';
import type { Io, Stream } from './io.ts';

/** `--color` or `--no-color`; absent: the environment and the stream decide. */
export type ColorFlag = boolean | undefined;

/** The one decision about colour, in Node's own order: flag > FORCE_COLOR > NO_COLOR > TERM=dumb > terminal. */
export function chalkFor(stream: Stream, env: Io['env'], flag: ColorFlag): ChalkInstance {
  return new Chalk({ level: wantsColor(stream, env, flag) ? 1 : 0 });
}

function wantsColor(stream: Stream, env: Io['env'], flag: ColorFlag): boolean {
  if (flag !== undefined) return flag;
  const force = env.FORCE_COLOR;
  if (force !== undefined && force !== '') return force !== '0' && force !== 'false';
  if (env.NO_COLOR !== undefined && env.NO_COLOR !== '') return false;
  if (env.TERM === 'dumb') return false;
  return stream.isTTY;
}
