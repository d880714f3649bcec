import { resolve } from 'node:path';
import { type Io, readInput, reason, UsageError, writeNew } from '../cli/io.ts';
import { diskTree } from '../cli/tree.ts';
import { visible } from '../diagnostics/visible.ts';
import { type Imported, servicesOfCompose } from '../import/compose.ts';
import { type Beginning, beginningText } from '../import/start.ts';
import { analyse } from '../pipeline.ts';
import { read } from '../source/read.ts';

export interface InitOptions {
  /** A compose file whose services become those of the topology. */
  readonly from?: string;
}

/** Writes a commented topology.yaml, after some questions where somebody can answer. Never overwrites one. */
export async function init(options: InitOptions, io: Io): Promise<number> {
  const path = resolve(io.cwd, 'topology.yaml');
  // Nobody wants to answer questions for nothing.
  if (io.ask && diskTree(io.cwd).exists(path)) throw existsAlready();
  const from = options.from ?? (await offered(io));
  const { services, leftOut }: Imported =
    from === undefined ? { services: [], leftOut: [] } : await fromCompose(from, io);
  const text = beginningText(io.ask ? await asked({ services }, io.ask, io) : { services });
  try {
    writeNew(path, text);
  } catch (problem) {
    if ((problem as { code?: string }).code === 'EEXIST') throw existsAlready();
    throw new UsageError(`cannot write topology.yaml: ${reason(problem)}`, 'choose another folder');
  }
  for (const { what, why } of leftOut) io.stderr.write(visible(`left out ${what}: ${why}\n`));
  io.stdout.write('wrote topology.yaml\n');
  const next = io.ask ? 'look at it' : 'put your names and addresses in';
  io.stderr.write(`next: ${next}, then \`proxywright lint\` and \`proxywright build -o out\`\n`);
  return 0;
}

function existsAlready(): UsageError {
  return new UsageError('topology.yaml exists already', 'it is left as it is: edit it, or move it away first');
}

type Ask = NonNullable<Io['ask']>;

/** The compose file of this folder, if somebody wants it. */
async function offered({ cwd, ask }: Io): Promise<string | undefined> {
  const { exists } = diskTree(cwd);
  const names = ['compose.yaml', 'compose.yml', 'docker-compose.yaml', 'docker-compose.yml'];
  const name = names.find((one) => exists(one));
  if (!ask || !name) return undefined;
  const answer = await answered(ask, `Take the services of ${name}? [Y/n] `);
  return /^n/i.test(answer) ? undefined : name;
}

/** Three questions, each with an answer for who does not know yet. A wrong answer is told and asked for again. */
async function asked(known: Beginning, ask: Ask, io: Io): Promise<Beginning> {
  let beginning = known;
  const next = async (question: string, said: (answer: string) => Partial<Beginning>): Promise<void> => {
    for (;;) {
      const answer = await answered(ask, question);
      const changed = answer === '' ? beginning : { ...beginning, ...said(answer) };
      const problem = problemOf(beginningText(changed));
      if (problem === undefined) {
        beginning = changed;
        return;
      }
      io.stderr.write(visible(`  ${problem}\n`));
    }
  };
  await next('Name of the site, as browsers know it [www.example.com]: ', (site) => ({ site }));
  if (known.services.length === 0) {
    await next('Servers that answer for it, with ports [web:3000 10.0.0.3:3100]: ', (answer) => ({
      servers: answer.split(/[\s,]+/).filter((one) => one !== ''),
    }));
  }
  await next('Address that the CA warns when certificates end [none]: ', (email) => ({ email }));
  return beginning;
}

async function answered(ask: Ask, question: string): Promise<string> {
  const answer = await ask(question);
  if (answer === undefined) throw new UsageError('no answer', 'nothing was written; start again when you know more');
  return answer.trim();
}

/** The first mistake that a topology would have. */
function problemOf(text: string): string | undefined {
  const wrong = analyse('topology.yaml', text).diagnostics.find(({ severity }) => severity === 'error');
  return wrong && [wrong.message, ...(wrong.help ? [wrong.help] : [])].join('; ');
}

async function fromCompose(path: string, io: Io): Promise<Imported> {
  const { name, bytes } = await readInput(io, path, 'name a compose file');
  const { source, root, diagnostics } = read(name, bytes);
  // Tags (`!reset`) are compose's own business.
  const problem = diagnostics.find(({ rule }) => rule !== 'yaml-tag');
  if (problem) {
    const { line, column } = source.position(source.span(problem.place).start);
    throw new UsageError(`${name}:${line}:${column}: ${problem.message}`, problem.help ?? 'mend it first');
  }
  const imported = root ? servicesOfCompose(root) : { services: [], leftOut: [] };
  if (imported.services.length === 0) {
    for (const { what, why } of imported.leftOut) io.stderr.write(visible(`left out ${what}: ${why}\n`));
    throw new UsageError(
      `${name} has no service with an image and a port`,
      'name another compose file, or leave `--from` away',
    );
  }
  return imported;
}
