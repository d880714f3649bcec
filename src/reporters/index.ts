import { json } from './json.ts';
import { pretty } from './pretty.ts';
import type { Reporter } from './reporter.ts';

/** The formats of `lint`. Only `pretty` is ever coloured. */
export const reporters: Readonly<Record<string, Reporter>> = { pretty, json };
