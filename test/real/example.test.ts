import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { freePort } from '../../src/cli/ports.ts';
import { build, type Edge } from '../proxies/layout.ts';
import { describeEachProxy, inTurn, LATE, statusOf } from '../proxies/measure.ts';

const example = join(dirname(fileURLToPath(import.meta.url)), '../../examples/two-servers');
/** As it is published; the harness adds the version of the program under test. */
const topology = readFileSync(join(example, 'topology.yaml'), 'utf8').replace(/^version: 1$/m, '');

/** One copy of the application, as its container would run it. */
async function whoami(id: string, port: number): Promise<ChildProcess> {
  const env = { ...process.env, SERVER_ID: id, PORT: String(port) };
  const child = spawn(process.execPath, [join(example, 'whoami.mjs')], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout ?? child, 'data');
  return child;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}

describeEachProxy('the example on $program $version', (binary) => {
  const ports = { one: 0, two: 0 };
  let one: ChildProcess;
  let two: ChildProcess;
  let edge: Edge;

  beforeAll(async () => {
    ports.one = await freePort();
    ports.two = await freePort();
    one = await whoami('bustamam-tech-1', ports.one);
    two = await whoami('bustamam-tech-2', ports.two);
    const servers = new Map([
      ['bustamam-tech:3000', `127.0.0.1:${ports.one}`],
      ['10.0.0.3:3100', `127.0.0.1:${ports.two}`],
    ]);
    // One worker: several would each begin their own turn.
    edge = await build(binary, topology, { servers, workers: 1 });
  });
  afterAll(async () => {
    await edge?.stop();
    await end(one);
    await end(two);
  });

  const who = async (): Promise<string> => {
    const answer = await edge.ask('https://bustamam.tech/api/whoami');
    return 'status' in answer && answer.status === 200 ? JSON.parse(answer.body).serverId : String(statusOf(answer));
  };

  it('alternates, loses no request when a copy is killed, and uses it again when it is back', async () => {
    const turns = await inTurn(6, who);
    expect(new Set(turns)).toEqual(new Set(['bustamam-tech-1', 'bustamam-tech-2']));
    expect(turns.every((id, index) => index === 0 || id !== turns[index - 1])).toBe(true);

    await end(two);
    const started = performance.now();
    expect(new Set(await inTurn(40, who))).toEqual(new Set(['bustamam-tech-1']));
    // A refused connection costs nothing: 40 requests in a row take no longer than a loaded machine needs.
    expect(performance.now() - started).toBeLessThan(40 * LATE);
    const answer = await edge.ask('https://bustamam.tech/api/whoami');
    expect('status' in answer && answer.headers['x-upstream']).toContain(String(ports.one));

    two = await whoami('bustamam-tech-2', ports.two);
    // The fail window of the example is 10s; nginx counts whole seconds, up to one more.
    const deadline = performance.now() + 15_000;
    let seen = '';
    while (seen !== 'bustamam-tech-2' && performance.now() < deadline) {
      await sleep(250);
      seen = await who();
    }
    expect(seen).toBe('bustamam-tech-2');
  });

  it('sends plain http and other names to the site', async () => {
    const plain = await edge.ask('http://bustamam.tech/a?b=c');
    const www = await edge.ask('https://www.bustamam.tech/a?b=c');
    expect([plain, www].map((answer) => 'status' in answer && [answer.status, answer.headers.location])).toEqual([
      [308, 'https://bustamam.tech/a?b=c'],
      [308, 'https://bustamam.tech/a?b=c'],
    ]);
  });
});
