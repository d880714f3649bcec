// What the YAML library alone needs for a file, without its check of keys, which is quadratic.
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

parse(readFileSync(process.argv[2], 'utf8'), { uniqueKeys: false });
