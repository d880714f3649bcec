import { get, type Node } from '../source/node.ts';
import { defaults } from './defaults.ts';
import { boolean, type Findings, find, number, type Parse, text, word, written } from './reader.ts';
import type { Balance, Pool, Server } from './topology.ts';

const words = word('round_robin', 'least_conn', 'random', 'first');

export const balance: Parse<Balance> = (node) => {
  const sticky = textOf(get(node, 'sticky'), 'cookie');
  if (sticky !== undefined) return { sticky: { cookie: sticky } };
  const hash = get(node, 'hash');
  if (!hash) return words(node);
  const plain = word('client_ip', 'uri')(hash);
  if (plain) return { hash: plain };
  const [header, cookie] = [textOf(hash, 'header'), textOf(hash, 'cookie')];
  if (header !== undefined) return { hash: { header } };
  return cookie === undefined ? undefined : { hash: { cookie } };
};

function textOf(node: Node | undefined, key: string): string | undefined {
  return find([written(node)], key, text)?.value;
}

/** What is said of a server besides its address. */
export function serverWords(node: Node): Omit<Server, 'address'> {
  const layers = [written(node)];
  const weight = find(layers, 'weight', number);
  const backup = find(layers, 'backup', boolean);
  const state = find(layers, 'state', word('up', 'drain', 'down'));
  const max_conns = find(layers, 'max_conns', number);
  return {
    ...(weight ? { weight } : {}),
    ...(backup ? { backup } : {}),
    ...(state ? { state } : {}),
    ...(max_conns ? { max_conns } : {}),
  };
}

function isUp({ state }: Server): boolean {
  return (state ?? defaults.server.state).value === 'up';
}

/** Servers that new clients come to. */
export function inService({ servers }: Pick<Pool, 'servers'>): readonly Server[] {
  // Nearly always all of them are, and it is asked for very often.
  return servers.every(isUp) ? servers : servers.filter(isUp);
}

/** Its share of the requests, compared with the others. */
export function weightOf({ weight }: Server): number {
  return (weight ?? defaults.server.weight).value;
}

/** Those that are asked first, and those for when none of them is left. */
export function ranks(pool: Pick<Pool, 'servers'>): {
  readonly primaries: readonly Server[];
  readonly backups: readonly Server[];
} {
  const servers = inService(pool);
  return {
    primaries: servers.filter(({ backup }) => !backup?.value),
    backups: servers.filter(({ backup }) => backup?.value),
  };
}

/** Has the balance a server of its own for each request, so that the next attempt would be for the same one? */
export function isPinned(value: Balance): boolean {
  return value === 'first' || typeof value !== 'string';
}

/** The balance as a sentence names it: `first`, `hash`, `sticky`. */
export function balanceName(value: Balance): string {
  return typeof value === 'string' ? value : Object.keys(value).join('');
}

/** Pools that nobody would be served by. */
export function nobodyServes(pool: Pool, found: Findings): void {
  const [first] = pool.servers;
  if (!first) return;
  const { primaries, backups } = ranks(pool);
  const [backup] = backups;
  if (primaries.length > 0) return;
  if (backup) {
    found.add('error', 'reference-pool', backup.backup?.at ?? pool.at, 'every server of the pool is a backup', {
      why: 'a backup is asked when no other server is left, and there is none',
      help: 'leave out `backup` at one of them',
    });
  } else {
    found.add('error', 'reference-pool', first.state?.at ?? pool.at, 'no server of the pool is in service', {
      why: 'every request would be answered with an error',
      help: 'write `state: up` at one of them',
    });
  }
}
