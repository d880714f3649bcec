import { github } from './github.ts';
import { gitlab } from './gitlab.ts';
import { json } from './json.ts';
import { junit } from './junit.ts';
import { markdown } from './markdown.ts';
import { pretty } from './pretty.ts';
import type { Reporter } from './reporter.ts';
import { sarif } from './sarif.ts';

/** The formats of `lint`. Only `pretty` is ever coloured. */
export const reporters: Readonly<Record<string, Reporter>> = { pretty, json, sarif, github, gitlab, junit, markdown };
