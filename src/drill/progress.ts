import type { Stream } from '../cli/io.ts';
import { type Duration, humanDuration, milliseconds } from '../model/duration.ts';
import type { Listener } from './run.ts';

/** Milliseconds between two lines: rewritten in place on a terminal, sparse where each one stays. */
const every = { terminal: 1_000, log: 10_000 };

/** Tells how far it is: what begins, and after a second or more how much is left. `what`: `on caddy 2.11.4`. */
export function progress(what: string, stream: Stream): Listener & { stop(): void } {
  let [count, done, end] = [0, 0, 0];
  let timer: NodeJS.Timeout | undefined;
  let shown = 0;
  /** On a terminal over what stood there before. */
  const write = (text: string): void => {
    stream.write(stream.isTTY ? `\r${text.padEnd(shown)}${text === '' ? '\r' : ''}` : `${text}\n`);
    shown = text.length;
  };
  const stop = (): void => {
    clearInterval(timer);
    if (shown > 0 && stream.isTTY) write('');
    shown = 0;
  };
  return {
    stop,
    begins(number, atMost, again) {
      stop();
      [count, done, end] = [number, 0, performance.now() + atMost];
      const time = humanDuration(seconds(atMost));
      stream.write(
        again
          ? `${number} took longer than predicted: measured again, alone; ${time} at most\n`
          : `measuring ${number} faults ${what}: ${time} at most\n`,
      );
      timer = setInterval(
        () => {
          const left = humanDuration(seconds(Math.max(0, end - performance.now())));
          write(`${done} of ${count} measured, ${left} left at most`);
        },
        stream.isTTY ? every.terminal : every.log,
      );
    },
    measured() {
      done++;
    },
  };
}

function seconds(time: number): Duration {
  return milliseconds(Math.ceil(time / 1000) * 1000);
}
