import { getSystemErrorMap } from 'node:util';

/** The reason of a failed system call in words: `permission denied (EACCES)`. */
export function reasonOf(error: unknown): string {
  const { errno, code, message } = error as NodeJS.ErrnoException;
  const known = errno === undefined ? undefined : getSystemErrorMap().get(errno);
  return known === undefined ? message : `${known[1]} (${code})`;
}

/** The `code` of a failed system call, `''` for any other error. */
export function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? '';
}
