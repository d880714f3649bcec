import { describe, expect, it } from 'vitest';
import type { Plot } from '../../src/drill/farm.ts';
import { type Ask, measure } from '../../src/drill/measure.ts';
import type { Cell } from '../../src/drill/staging.ts';
import { toldOf } from '../../src/drill/told.ts';
import { analyse } from '../../src/pipeline.ts';

/** The paths that a drill asks for; each request meets the first of three servers. */
async function asked(
  target: string,
  words: string,
  fault: Cell['fault'],
  servers = '[10.0.0.1:1, 10.0.0.2:1, 10.0.0.3:1]',
) {
  const text = `version: 1
targets: { ${target}: {} }
sites: { a.example.org: { tls: none, upstream: { servers: ${servers}, ${words} } } }
`;
  const told = toldOf(analyse('topology.yaml', text).lowered ?? {}, 'a.example.org');
  if (!told) throw new Error('mistakes');
  const paths: string[] = [];
  let attempt = (): void => {};
  const plot = (index: number): Plot => ({
    address: `10.0.0.${index}:1`,
    become: async () => {},
    watch: (call) => {
      if (index === 1) attempt = call;
    },
    attempts: async () => 0,
    end: async () => {},
  });
  const ask: Ask = async (path) => {
    paths.push(path);
    if (paths.length < 50) attempt();
    return { status: 200, headers: {}, body: '', complete: true, sentMs: 0, firstByteMs: 1, totalMs: 1 };
  };
  const cell: Cell = { fault, failing: 'one', method: 'GET' };
  const roles = [fault, 'ok', 'ok'] as const;
  await measure({ told, method: 'GET', roles, cell, patience: 1000 }, [plot(1), plot(2), plot(3)], ask);
  return paths;
}

const count = (paths: readonly string[], path: string): number => paths.filter((one) => one === path).length;

describe('what a drill asks beside the request that it measures', () => {
  it.each(['balance: first', 'balance: { hash: client_ip }'])(
    'nothing with %s: the bad server would get that too, and each request more',
    async (words) => {
      expect(count(await asked('caddy', words, 'silent'), '/bystander')).toBe(0);
    },
  );

  it('nothing beside backups, which Caddy has with `first` only', async () => {
    const servers = '[10.0.0.1:1, 10.0.0.2:1, { address: 10.0.0.3:1, backup: true }]';
    expect(count(await asked('caddy', 'balance: round_robin', 'silent', servers), '/bystander')).toBe(0);
  });

  it.each([
    ['nginx', '[{ address: 10.0.0.1:1, weight: 3 }, { address: 10.0.0.2:1, weight: 2 }, 10.0.0.3:1]', 6],
    ['caddy', '[{ address: 10.0.0.1:1, weight: 3 }, { address: 10.0.0.2:1, weight: 2 }, 10.0.0.3:1]', 6],
    ['nginx', '[10.0.0.1:1, 10.0.0.2:1, { address: 10.0.0.3:1, backup: true }]', 4],
    ['caddy', '[10.0.0.1:1, 10.0.0.2:1, 10.0.0.3:1]', 3],
  ])(
    'on %s as many as bring the turn back to the server that is about to vanish: %s',
    async (target, servers, warm) => {
      expect(count(await asked(target, 'balance: round_robin', 'vanished', servers), '/warm')).toBe(warm);
    },
  );
});
