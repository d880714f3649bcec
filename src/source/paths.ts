/** The files of a configuration: path → text. Paths are separated by `/`, and are what diagnostics call the files. */
export type Files = ReadonlyMap<string, string>;

/** The files around a topology, by names like its own: `edge/sites/a.yaml` for what is beside `edge/topology.yaml`. */
export interface FilesAround {
  /** Nothing: there is no such file. */
  read(path: string): Uint8Array | string | undefined;
  /** The files that a pattern of `*`, `?` and `[…]` names, sorted. */
  matching(pattern: string): readonly string[];
}

/** Files that are at hand. */
export function filesOf(files: ReadonlyMap<string, Uint8Array | string>): FilesAround {
  return { read: (path) => files.get(path), matching: (pattern) => glob(files, pattern) };
}

/** Everything before the last `/`: `conf.d` of `conf.d/a.conf`, `` of `nginx.conf`, `/` of `/a`. */
export function folder(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash < 0 ? '' : path.slice(0, slash) || '/';
}

/** `name` as seen from a folder, without `.` and `..`; an absolute name stays where it is. */
export function within(base: string, name: string): string {
  const absolute = name.startsWith('/') || base.startsWith('/');
  const parts: string[] = [];
  for (const part of (name.startsWith('/') ? name : `${base}/${name}`).split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '..') parts.pop();
    else if (part !== '..' || !absolute) parts.push(part);
  }
  return (absolute ? '/' : '') + parts.join('/');
}

/** Would a path or pattern be among the files at hand if it were there? They are those below a folder, and others. */
export function covers(files: Files, root: string, pattern: string): boolean {
  const base = folder(pattern.slice(0, pattern.search(/[*?[]|$/)));
  const below = root === '' ? !/^(?:\/|\.\.(?:\/|$))/.test(base) : base === root || base.startsWith(`${root}/`);
  if (below) return true;
  for (const path of files.keys()) if (folder(path) === base) return true;
  return false;
}

/** Does a path need looking up, as glob(3) sees it? */
export function isPattern(path: string): boolean {
  return /[*?[]/.test(path);
}

/**
 * The paths that a pattern of `*`, `?` and `[…]` names, sorted. No wildcard matches a `/`. As in glob(3), none matches a
 * dot at the start of a name either; Go's filepath.Glob has no such rule (`hidden`).
 */
export function glob(files: ReadonlyMap<string, unknown>, pattern: string, { hidden = false } = {}): string[] {
  const wanted = pattern.split('/');
  const found = [...files.keys()].filter((path) => {
    const parts = path.split('/');
    return (
      parts.length === wanted.length &&
      parts.every((part, index) => {
        const one = wanted[index] ?? '';
        if (!isPattern(one) && !one.includes('\\')) return one === part;
        return (hidden || !part.startsWith('.') || one.startsWith('.')) && matches(one, part);
      })
    );
  });
  return found.sort((a, b) => (a < b ? -1 : 1));
}

/** One part of a path against one part of a pattern. Only the last `*` is tried again: never more than length × length. */
function matches(pattern: string, text: string): boolean {
  const steps = compiled(pattern);
  let [at, step, star, retry] = [0, 0, -1, 0];
  while (at < text.length) {
    const test = steps[step];
    if (test === '*') {
      star = step++;
      retry = at;
    } else if (test?.(text[at] ?? '')) {
      step++;
      at++;
    } else if (star >= 0) {
      step = star + 1;
      at = ++retry;
    } else return false;
  }
  while (steps[step] === '*') step++;
  return step === steps.length;
}

type Step = '*' | ((character: string) => boolean);

function compiled(pattern: string): Step[] {
  const steps: Step[] = [];
  for (let at = 0; at < pattern.length; at++) {
    let character = pattern[at] ?? '';
    if (character === '*') {
      if (steps.at(-1) !== '*') steps.push('*');
    } else if (character === '?') steps.push(() => true);
    else if (character === '[' && pattern.indexOf(']', at + 2) > 0) {
      const negated = /[!^]/.test(pattern[at + 1] ?? '');
      // A `]` directly after the opening stands for itself.
      const end = pattern.indexOf(']', at + (negated ? 3 : 2));
      if (end < 0) steps.push((other) => other === '[');
      else {
        steps.push(range(pattern.slice(at + (negated ? 2 : 1), end), negated));
        at = end;
      }
    } else {
      if (character === '\\' && at + 1 < pattern.length) character = pattern[++at] ?? '';
      const own = character;
      steps.push((other) => other === own);
    }
  }
  return steps;
}

function range(members: string, negated: boolean): (character: string) => boolean {
  const ranges: [string, string][] = [];
  for (let at = 0; at < members.length; at++) {
    const low = members[at] ?? '';
    if (members[at + 1] === '-' && at + 2 < members.length) {
      ranges.push([low, members[at + 2] ?? '']);
      at += 2;
    } else ranges.push([low, low]);
  }
  return (character) => ranges.some(([low, high]) => low <= character && character <= high) !== negated;
}
