import type { Worker } from 'node:worker_threads';

/** What stands in the shared memory: may the line be written just now, and does one stand there? */
const turn = 0;
const shown = 1;
const quiet = 0;
const open = 1;
const writing = 2;

/**
 * The program thinks in one go, and no timer fires meanwhile: a thread of its own writes the line. It waits for a second,
 * so that nothing flickers, and writes nothing while the program does.
 */
const thread = `
const { parentPort, workerData: memory } = require('node:worker_threads');
const { writeSync } = require('node:fs');
let work, line;
parentPort.on('message', (told) => { work = told; });
setInterval(() => {
  const seconds = work ? Math.floor((Date.now() - work.since) / 1000) : 0;
  const next = work && work.what + ' … ' + seconds + 's';
  if (seconds < 1 || (next === line && Atomics.load(memory, ${shown}) === 1)) return;
  if (Atomics.compareExchange(memory, ${turn}, ${open}, ${writing}) !== ${open}) return;
  try {
    line = next;
    writeSync(2, '\\r' + line + '\\x1b[K');
    Atomics.store(memory, ${shown}, 1);
  } catch {}
  Atomics.store(memory, ${turn}, ${open});
  Atomics.notify(memory, ${turn});
}, 250);
`;

/** One line on a terminal, rewritten in place, about what takes longer than a second. */
export interface Progress {
  /** What is done from now on, until something is written. */
  working(what: string): void;
  /** Takes the line away; to be called before anything else is written. */
  clear(): void;
}

export function terminalProgress(stderr: { readonly columns?: number; write(text: string): unknown }): Progress {
  const memory = new Int32Array(new SharedArrayBuffer(8));
  let worker: Worker | undefined;
  let since: number | undefined;
  return {
    working(what) {
      try {
        // Loaded here, because most calls never need it.
        const { Worker: Thread } = process.getBuiltinModule('node:worker_threads');
        worker ??= new Thread(thread, { eval: true, workerData: memory });
      } catch {
        // Threads may be forbidden (Node's permission model): then nothing is told.
        return;
      }
      worker.unref();
      since ??= Date.now();
      // A line that is wrapped could not be taken away.
      worker.postMessage({ what: what.slice(0, Math.max(20, (stderr.columns || 80) - 10)), since });
      Atomics.store(memory, turn, open);
    },
    clear() {
      since = undefined;
      while (Atomics.compareExchange(memory, turn, open, quiet) === writing) Atomics.wait(memory, turn, writing, 100);
      if (Atomics.exchange(memory, shown, 0) === 1) stderr.write('\r\x1b[K');
    },
  };
}
