/** Where the random numbers begin: the same topologies on every machine. */
export const seed = 20_260_225;

/** mulberry32 */
function random(start: number): () => number {
  let state = start;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** So many sites, each with two servers of its own, timeouts, retries and a budget. */
export function manySites(count: number): string {
  const next = random(seed);
  const upTo = (most: number): number => 1 + Math.floor(next() * most);
  const lines = ['version: 1', 'acme: { email: ops@example.com }', 'sites:'];
  for (let index = 0; index < count; index++) {
    const host = `10.${(index >> 14) & 255}.${(index >> 6) & 255}`;
    const first = 1 + (index & 63) * 2;
    const [connect, header] = [upTo(3), upTo(9)];
    lines.push(
      `  site-${index}.example.com:`,
      `    budget: ${2 * (connect + header)}s`,
      '    upstream:',
      `      servers: ["${host}.${first}:3000", "${host}.${first + 1}:3000"]`,
      '      health: { passive: { max_fails: 1, fail_window: 10s } }',
      `    timeouts: { connect: ${connect}s, response_header: ${header}s }`,
      '    retry: { tries: 2 }',
    );
  }
  return `${lines.join('\n')}\n`;
}
