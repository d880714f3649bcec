import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Seen } from './faults.ts';

/** Node cannot set a backlog of 0; perl can, and perl-base is part of every Debian system. */
const PERL = 'perl';

/** The child that keeps a port from answering SYN packets; see blackhole.pl for how. */
export interface Blackhole {
  readonly pid: number;
  stop(): Promise<void>;
}

export interface BlackholeEvents {
  /** A client's SYN was dropped. Polled every 10 ms: a client that gives up sooner may go unseen. */
  readonly syn: () => void;
  readonly request: (seen: Pick<Seen, 'method' | 'url'>) => void;
}

/**
 * Occupies `port`. With `drainMs` a waiting client is let in at its first retransmission (1.03 s, then 3.1 s after its
 * SYN) that comes at least that long after its SYN.
 */
export async function startBlackhole(port: number, events: BlackholeEvents, drainMs?: number): Promise<Blackhole> {
  const args = [join(import.meta.dirname, 'blackhole.pl'), String(port)];
  if (drainMs !== undefined) args.push(String(drainMs));
  const child = spawn(PERL, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  child.stdin.on('error', () => {});
  const closed = new Promise<void>((resolve) => {
    child.once('close', () => resolve());
  });
  await new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', () => reject(new Error(`blackhole.pl ended: ${errors}`)));
    createInterface({ input: child.stdout }).on('line', (line) => {
      const [word, method = '', url = ''] = line.split(' ');
      if (word === 'ready') resolve();
      if (word === 'syn') events.syn();
      if (word === 'request') events.request({ method, url });
    });
  });
  return {
    pid: child.pid ?? -1,
    async stop() {
      child.kill('SIGKILL');
      await closed;
    },
  };
}
