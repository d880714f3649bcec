import type { Place } from '../../diagnostics/diagnostic.ts';
import { quoted } from '../../diagnostics/visible.ts';
import { type Address, formatAddress, isIpv4, parseAddress } from '../../model/address.ts';
import { milliseconds } from '../../model/duration.ts';
import type { Given } from '../../model/topology.ts';
import { atLeast } from '../../model/version.ts';
import type { NginxPeer, NginxUpstream } from '../../targets/nginx/directives.ts';
import type { Unsaid } from '../judged.ts';
import { balanceOf, modelBalance } from './balance.ts';
import { isHarmless, isHarmlessFile } from './harmless.ts';
import { own } from './inherit.ts';
import type { Word } from './lexer.ts';
import { type Directive, flatten } from './parse.ts';
import { placeOf, type World } from './servers.ts';
import { ownDefault, type Problem, settingsIn } from './settings.ts';
import { parseNumber, parseTime } from './units.ts';

/** An `upstream` block, or what an address in `proxy_pass` stands for. */
export interface Pool {
  readonly upstream: NginxUpstream;
  readonly problems: readonly Problem[];
  /** What no topology says of it. */
  readonly unsaid: readonly Unsaid[];
  readonly at: Place;
}

/** The commercial and foreign ones are problems; these only choose, and the number of tries stays. */
const balancing = new Set('least_conn ip_hash hash random least_time sticky'.split(' '));
const understood = new Set([...balancing, ...'server zone keepalive keepalive_timeout keepalive_requests'.split(' ')]);
const alsoUnderstood = new Set('keepalive_time resolver resolver_timeout include'.split(' '));

export function poolOf(directive: Directive, world: World): Pool {
  const block = directive.block ?? [];
  const at = placeOf(world, directive, directive.args[0] ?? directive.head);
  const name = directive.args[0]?.text ?? '';
  const settings = settingsIn(block, world, at);
  const problems: Problem[] = [];
  const unsaid: Unsaid[] = [];
  const peers = (own(block, 'server') ?? []).flatMap((line) => peerOf(line, { world, problems, unsaid }) ?? []);
  if (peers.length === 0)
    problems.push({ name: 'upstream', because: `upstream ${quoted(name)} has no servers`, place: at });
  for (const inner of unread(block)) {
    const because = `the servers of ${quoted(name)} may be in a file that is not at hand`;
    problems.push({ name: 'include', because, place: placeOf(world, inner, inner.args[0]) });
  }
  const chosen = balanceOf(block);
  const sayable = modelBalance(chosen) !== undefined;
  for (const inner of flatten(block)) {
    const { name: word } = inner;
    const place = placeOf(world, inner, inner.head);
    if (balancing.has(word) && !['least_conn', 'random'].includes(word) && !sayable)
      unsaid.push({ place, what: `\`${word}\` chooses the server` });
    if (word === 'ip_hash') unsaid.push({ place, what: '`ip_hash` looks at three quarters of an IPv4 address only' });
    if (understood.has(word) || alsoUnderstood.has(word) || isHarmless(word)) continue;
    const because = `\`${word}\` is not understood, and may choose or check servers in its own way`;
    problems.push({ name: word, because, place });
  }
  const zone = own(block, 'zone');
  const standard = atLeast(world.version, '1.29.7') ? 32 : 0;
  const upstream: NginxUpstream = {
    name,
    pool: name,
    ...chosen,
    peers,
    keepalive: {
      connections: settings.number('keepalive', standard).value,
      idle: settings.time('keepalive_timeout', 60_000),
    },
    ...(zone ? {} : { perWorker: true }),
  };
  return { upstream, problems: [...problems, ...settings.problems], unsaid, at };
}

/** Includes of a block whose files are not at hand, and may say anything. */
export function unread(block: readonly Directive[]): Directive[] {
  const found: Directive[] = [];
  const walk = (directives: readonly Directive[]): void => {
    for (const directive of directives) {
      if (!directive.included) continue;
      if (directive.unread && !isHarmlessFile(directive.args[0]?.text ?? '')) found.push(directive);
      for (const file of directive.included) walk(file.directives);
    }
  };
  walk(block);
  return found;
}

interface Work {
  readonly world: World;
  readonly problems: Problem[];
  readonly unsaid: Unsaid[];
}

function peerOf(line: Directive, { world, problems, unsaid }: Work): NginxPeer | undefined {
  const [word, ...parameters] = line.args;
  if (!word) return undefined;
  const at = placeOf(world, line, word);
  const address = addressOf(word.text, 80);
  if (!address) {
    problems.push({ name: 'server', because: `${quoted(word.text)} is no address`, place: at });
    return undefined;
  }
  const find = (name: string): Word | undefined => parameters.find(({ text }) => text.split('=', 1)[0] === name);
  const given = <T>(name: string, fallback: T, parse: (text: string) => T | undefined): Given<T> => {
    const parameter = find(name);
    const value = parameter && parse(parameter.text.slice(name.length + 1));
    if (!parameter || value === undefined) return { value: fallback, at, origin: 'default', because: ownDefault };
    return { value, at: placeOf(world, line, parameter), origin: 'written' };
  };
  for (const name of ['route', 'service']) {
    const parameter = find(name);
    if (parameter) unsaid.push({ place: placeOf(world, line, parameter), what: `\`${parameter.text}\` of a server` });
  }
  const resolve = find('resolve') !== undefined;
  const maxConns = given('max_conns', 0, parseNumber);
  return {
    address: { value: address, at, origin: 'written' },
    resolve,
    maxFails: given('max_fails', 1, parseNumber),
    failTimeout: given('fail_timeout', milliseconds(10_000), (text) => parseTime(text, 'sec')),
    ...addressesOf(address, resolve),
    ...(find('weight') ? { weight: given('weight', 1, parseNumber) } : {}),
    ...(maxConns.value > 0 ? { maxConns } : {}),
    ...(find('backup') ? { backup: true } : {}),
    ...(find('drain') ? { drain: true } : {}),
    ...(find('down') ? { down: true } : {}),
  };
}

/** Names are looked up once, at the start, all their addresses; nobody but DNS knows how many there are. */
function addressesOf(address: Address, resolve: boolean): Pick<NginxPeer, 'addresses'> {
  if (address.kind !== 'name') return {};
  return { addresses: address.host.toLowerCase() === 'localhost' && !resolve ? 2 : 'unknown' };
}

/** `host`, `host:port`, `[v6]`, `unix:/path`; nothing when it is none, as with a template’s placeholder. */
export function addressOf(text: string, port: number): Address | undefined {
  const plain = text.startsWith('unix:') || /:\d+$/.test(text.replace(/^\[[^\]]*\]/, ''));
  const whole = plain ? text : `${text}:${port}`;
  // Digits that are no IPv4 address are a name to nginx.
  const [, host, digits] = /^([\d.]*\d):(\d+)$/.exec(whole) ?? [];
  if (host && !isIpv4(host) && Number(digits) <= 65535) return { kind: 'name', host, port: Number(digits) };
  return parseAddress(whole);
}

/** What an address in `proxy_pass` stands for: peers of its own with nginx’s defaults, and no kept connections. */
export function implicitPool(address: Address, at: Place): Pool {
  const standard = <T>(value: T): Given<T> => ({ value, at, origin: 'default', because: ownDefault });
  const name = formatAddress(address);
  const peer: NginxPeer = {
    address: { value: address, at, origin: 'written' },
    resolve: false,
    maxFails: standard(1),
    failTimeout: standard(milliseconds(10_000)),
    ...addressesOf(address, false),
  };
  const upstream: NginxUpstream = {
    name,
    pool: name,
    balance: 'round_robin',
    peers: [peer],
    keepalive: { connections: 0, idle: standard(milliseconds(60_000)) },
    perWorker: true,
  };
  return { upstream, problems: [], unsaid: [], at };
}
