import { freePort } from '../../src/cli/ports.ts';
import { type Binary, requireBinaries } from '../proxies/binaries.ts';
import { build, type Edge } from '../proxies/layout.ts';
import { ask, type TwinAnswer } from './ask.ts';
import type { Message, Twin, TwinCase, TwinRequest } from './case.ts';
import type { Outcome } from './compare.ts';
import { type EchoServer, type Sight, startEcho } from './server.ts';

/** One program that serves the sites of several cases, with servers of its own. */
export interface RunningTwin {
  readonly twin: Twin;
  send(request: TwinRequest): Promise<Outcome>;
  stop(): Promise<void>;
}

/** The old and the new nginx and Caddy; empty where they were not fetched. */
export function twinBinaries(): readonly Binary[] {
  return [...requireBinaries('nginx'), ...requireBinaries('caddy')];
}

/** Cases that can share one start of the programs. */
export function grouped(cases: readonly TwinCase[]): readonly (readonly TwinCase[])[] {
  const groups = new Map<string, TwinCase[]>();
  for (const one of cases) groups.set(one.edge ?? '', [...(groups.get(one.edge ?? '') ?? []), one]);
  return [...groups.values()];
}

export async function startTwin(binary: Binary, cases: readonly TwinCase[]): Promise<RunningTwin> {
  let sights: Sight[] = [];
  const echoes = await Promise.all(['echo', 'other'].map((name) => startEcho(name, (sight) => sights.push(sight))));
  const [echo, other] = echoes.map(({ address }) => address);
  const servers = new Map([
    ['echo:3000', echo ?? ''],
    ['other:3000', other ?? ''],
  ]);
  for (const port of [3000, 3001, 3002, 3003]) servers.set(`dead:${port}`, `127.0.0.1:${await freePort()}`);
  const stopEchoes = (): Promise<unknown> => Promise.all(echoes.map((one: EchoServer) => one.stop()));
  let edge: Edge;
  try {
    const contents = new Map(cases.flatMap((one) => Object.entries(one.contents ?? {})));
    edge = await build(binary, topologyOf(cases), { servers, contents });
  } catch (error) {
    await stopEchoes();
    throw error;
  }
  return {
    twin: `${binary.program as 'nginx' | 'caddy'} ${binary.age}`,
    async send({ message, share }) {
      sights = [];
      const send = (one: Message): Promise<TwinAnswer> => ask(one, (port) => edge.port(port));
      const answer = await send(message);
      if (share === undefined) return { answer, sights };
      const again = withCookies(message, answer);
      for (let count = 1; count < 8; count++) await send(again);
      return { answer, sights, share: shareOf(sights) };
    },
    async stop() {
      await Promise.all([edge.stop(), stopEchoes()]);
    },
  };
}

function withCookies(message: Message, { fields }: TwinAnswer): Message {
  const cookies = fields.flatMap(([name, value]) => (/^set-cookie$/i.test(name) ? [value.replace(/;.*/, '')] : []));
  if (cookies.length === 0 || message.kind !== 'raw') return message;
  return { ...message, bytes: message.bytes.replace('\r\n\r\n', `\r\nCookie: ${cookies.join('; ')}\r\n\r\n`) };
}

function shareOf(sights: readonly Sight[]): string {
  const counts = new Map<string, number>();
  for (const { server } of sights) counts.set(server, (counts.get(server) ?? 0) + 1);
  return [...counts.values()].sort((one, other) => other - one).join(' ');
}

function topologyOf(cases: readonly TwinCase[]): string {
  const section = (name: string, texts: readonly (string | undefined)[]): string => {
    const lines = texts.flatMap((text) => (text ?? '').split('\n')).filter((line) => line.trim() !== '');
    return lines.length === 0 ? '' : [`${name}:`, ...lines.map((line) => `  ${line}`), ''].join('\n');
  };
  return [
    section('edge', [cases[0]?.edge]),
    section(
      'sites',
      cases.map(({ sites }) => sites),
    ),
  ].join('');
}
