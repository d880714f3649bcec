import type { Stream } from './cli/io.ts';
import { type Progress, terminalProgress } from './cli/progress.ts';
import { reasonOf } from './cli/system-error.ts';
import { main } from './cli.ts';

/** A signal ends the program as always, unless somebody has asked to be told. */
function interruption(): AbortSignal {
  const stop = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => stop.abort());
  return stop.signal;
}
let interrupted: AbortSignal | undefined;

// A reader that has enough (`| head`) is no failure of ours; a full disk behind `>` is one of the machine.
let told = false;
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (problem: NodeJS.ErrnoException) => {
    if (problem.code === 'EPIPE') return;
    process.exitCode = 2;
    if (told || stream === process.stderr) return;
    told = true;
    const help = 'a full disk or a closed terminal, for instance: look where it leads to';
    process.stderr.write(`error standard output cannot be written: ${reasonOf(problem)}\n  help: ${help}\n`);
  });
}

async function readAll(): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

async function ask(question: string): Promise<string | undefined> {
  const { createInterface } = await import('node:readline');
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  return new Promise((done) => {
    let said: string | undefined;
    terminal.once('close', () => {
      // Ctrl-D and Ctrl-C leave the cursor behind the question.
      if (said === undefined) process.stderr.write('\n');
      done(said);
    });
    terminal.question(question, (answer) => {
      said = answer;
      terminal.close();
    });
  });
}

/** Not in CI: a line that is rewritten in place is noise in a log, even where that is kept as of a terminal. */
const watched = process.stderr.isTTY === true && process.env.TERM !== 'dumb' && !process.env.CI;
const progress: Progress | undefined = watched ? terminalProgress(process.stderr) : undefined;

function outputOf(stream: NodeJS.WriteStream): Stream {
  return {
    isTTY: stream.isTTY === true,
    write(text) {
      progress?.clear();
      stream.write(text);
    },
  };
}

// Never process.exit: it would cut what a pipe has not taken yet.
main(process.argv.slice(2), {
  cwd: process.cwd(),
  env: process.env,
  stdin: { read: readAll },
  stdout: outputOf(process.stdout),
  stderr: outputOf(process.stderr),
  working: progress?.working,
  // Asked for late: making a stream of standard input takes time.
  get ask() {
    return process.stdin.isTTY && process.stderr.isTTY ? ask : undefined;
  },
  get interrupted() {
    interrupted ??= interruption();
    return interrupted;
  },
}).then((code) => {
  progress?.clear();
  process.exitCode ??= code;
});
