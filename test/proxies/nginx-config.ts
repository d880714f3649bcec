import { readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** How to start nginx with somebody's configuration inside a folder of the test's own. */
export interface PreparedNginx {
  readonly args: readonly string[];
  /** Names the person's file again where nginx names the copy. */
  readonly rename: (output: string) => string;
}

/**
 * Relative to the prefix (`-p`), because the built-in paths are system folders that need not exist. A second access log
 * beside the configuration's own is allowed; the built-in one would be opened wherever the configuration names none.
 */
const ACCESS_LOG = 'access_log access.log;';
const TEMP_PATHS = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
  (name) => `${name}_temp_path ${name}_temp;`,
);

/**
 * A whole nginx.conf that a person gets says nothing about temporary folders, logs, pid file and user, rightly: the package's
 * nginx.conf or the built-in values do. A copy beside it does say it, where the text is silent. Additions stand on the
 * line of `http {`, so line numbers stay true; relative includes work as before.
 */
export function prepareNginx(folder: string, config: string): PreparedNginx {
  const text = readFileSync(config, 'utf8');
  const says = (directive: string): boolean => new RegExp(`(?:^|[;{}])[ \\t]*${directive}\\s`, 'm').test(text);
  const temporary = TEMP_PATHS.filter((line) => !says(line.split(' ')[0] ?? line)).join(' ');
  const copy = join(dirname(config), `.${basename(config)}.test`);
  // A function: `$` in a replacement text would mean something.
  writeFileSync(
    copy,
    text.replace(/^([ \t]*http\s*\{)/m, (start) => `${start} ${ACCESS_LOG} ${temporary}`),
  );
  const globals = [
    says('daemon') ? '' : 'daemon off;',
    says('pid') ? '' : 'pid nginx.pid;',
    // As root, workers become another user by default, who cannot enter a private temporary folder.
    process.getuid?.() === 0 && !says('user') ? 'user root;' : '',
  ];
  return {
    args: ['-p', `${folder}/`, '-e', 'stderr', '-c', copy, '-g', globals.join(' ')],
    rename: (output) => output.replaceAll(copy, config),
  };
}
