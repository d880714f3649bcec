/** `1.30` means the features of 1.30.0; `patch` tells whether a patch release was named. */
export interface Version {
  readonly text: string;
  readonly numbers: readonly [number, number, number];
}

export function parseVersion(text: string): Version {
  const [major = 0, minor = 0, patch = 0] = text.split('.').map(Number);
  return { text, numbers: [major, minor, patch] };
}

const releases = new Map<string, Version['numbers']>();

/** Is `version` this release or a later one? `release` is one of those that the code knows. */
export function atLeast(version: Version, release: string): boolean {
  const wanted = releases.get(release) ?? parseVersion(release).numbers;
  releases.set(release, wanted);
  for (const [index, number] of version.numbers.entries()) {
    const other = wanted[index] ?? 0;
    if (number !== other) return number > other;
  }
  return true;
}
