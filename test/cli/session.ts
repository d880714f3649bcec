import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from 'vitest';
import { main } from '../../src/cli.ts';
import { emptyFolder, snapshot, tree } from '../output/folder.ts';

export interface Done {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Machine {
  readonly env?: Record<string, string>;
  /** Both streams are terminals. */
  readonly tty?: boolean;
  readonly stdin?: string | Uint8Array;
  /** What somebody types, line by line; absent: nobody sits there. */
  readonly answers?: readonly string[];
  /** A folder below the session's. */
  readonly cwd?: string;
}

/** No findings at all, and every target has one file or more. */
export const clean = `version: 1
acme: { email: ops@example.com }
upstreams:
  web:
    servers: [10.0.0.2:3000, 10.0.0.3:3000]
    health: { passive: { max_fails: 1 } }
    retry: { tries: 1 }
sites:
  www.example.com: web
lint: { rules: { portability-timeouts-idle-none: off } }
`;

/** Two warnings (stale-dns), a note (acme-email) and nothing else. */
export const told = `version: 1
targets: { nginx: { version: "1.26" } }
upstreams:
  web:
    servers: [web:3000, api:3000]
    health: { passive: { max_fails: 1 } }
sites:
  www.example.com: web
lint:
  rules:
    portability-timeouts-idle-none: off
    portability-names-resolve: off
`;

/** A fresh folder, and the program run in it: in this process, every stream captured, nothing of the real environment. */
export interface Session {
  readonly dir: string;
  readonly run: (args: readonly string[], machine?: Machine) => Promise<Done>;
  /** Runs it and makes sure that no file and no folder is other than before. */
  readonly look: (args: readonly string[], machine?: Machine) => Promise<Done>;
  readonly write: (path: string, text: string | Uint8Array, mode?: number) => void;
  readonly read: (path: string) => string;
  /** Everything that is there. */
  readonly files: () => string[];
  /** Changes when a file is written, even with the same bytes. */
  readonly state: () => unknown;
}

export function session(files: Readonly<Record<string, string>> = {}): Session {
  const dir = emptyFolder();
  const here: Session = {
    dir,
    async run(args, { env = {}, tty = false, stdin = '', cwd = '', answers } = {}) {
      const told = { stdout: '', stderr: '' };
      const stream = (name: 'stdout' | 'stderr') => ({
        isTTY: tty,
        write(text: string) {
          told[name] += text;
        },
      });
      const code = await main(args, {
        cwd: join(dir, cwd),
        env,
        stdin: { read: async () => (typeof stdin === 'string' ? Buffer.from(stdin) : stdin) },
        stdout: stream('stdout'),
        stderr: stream('stderr'),
        interrupted: new AbortController().signal,
        ...(answers ? { ask: asking(answers, stream('stderr')) } : {}),
      });
      return { code, ...told };
    },
    async look(args, machine) {
      const before = here.state();
      const done = await here.run(args, machine);
      expect(here.state()).toEqual(before);
      return done;
    },
    write(path, text, mode) {
      mkdirSync(dirname(join(dir, path)), { recursive: true });
      writeFileSync(join(dir, path), text);
      if (mode !== undefined) chmodSync(join(dir, path), mode);
    },
    read: (path) => readFileSync(join(dir, path), 'utf8'),
    files: () => tree(dir),
    state: () => ({ names: tree(dir), files: snapshot(dir) }),
  };
  for (const [path, text] of Object.entries(files)) here.write(path, text);
  return here;
}

/** Questions are told where a terminal would show them. */
function asking(answers: readonly string[], stderr: { write(text: string): void }) {
  const left = [...answers];
  return async (question: string): Promise<string | undefined> => {
    const answer = left.shift();
    stderr.write(`${question}${answer ?? ''}\n`);
    return answer;
  };
}
