import { freePort } from '../../src/cli/ports.ts';
import { type Binary, requireBinaries } from '../proxies/binaries.ts';
import { build, type Edge } from '../proxies/layout.ts';
import { ask } from './ask.ts';
import type { Twin, TwinCase, TwinRequest } from './case.ts';
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
    ['dead:3000', `127.0.0.1:${await freePort()}`],
  ]);
  const stopEchoes = (): Promise<unknown> => Promise.all(echoes.map((one: EchoServer) => one.stop()));
  let edge: Edge;
  try {
    edge = await build(binary, topologyOf(cases), { servers });
  } catch (error) {
    await stopEchoes();
    throw error;
  }
  return {
    twin: `${binary.program as 'nginx' | 'caddy'} ${binary.age}`,
    async send({ message }) {
      sights = [];
      const answer = await ask(message, (port) => edge.port(port));
      return { answer, sights };
    },
    async stop() {
      await Promise.all([edge.stop(), stopEchoes()]);
    },
  };
}

function topologyOf(cases: readonly TwinCase[]): string {
  const section = (name: string, texts: readonly (string | undefined)[]): string => {
    const lines = texts.flatMap((text) => (text ?? '').split('\n')).filter((line) => line.trim() !== '');
    return lines.length === 0 ? '' : [`${name}:`, ...lines.map((line) => `  ${line}`), ''].join('\n');
  };
  return [
    section('edge', [cases[0]?.edge]),
    section(
      'pools',
      cases.map(({ pools }) => pools),
    ),
    section(
      'sites',
      cases.map(({ sites }) => sites),
    ),
  ].join('');
}
