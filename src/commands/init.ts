import { resolve } from 'node:path';
import { stringify } from 'yaml';
import { type Io, readInput, reason, UsageError, writeNew } from '../cli/io.ts';
import { visible } from '../diagnostics/visible.ts';
import { type Imported, servicesOfCompose } from '../import/compose.ts';
import { read } from '../source/read.ts';
import { render } from '../targets/render.ts';

export interface InitOptions {
  /** A compose file whose services become those of the topology. */
  readonly from?: string;
}

/** Writes a commented topology.yaml. Never overwrites one. */
export async function init(options: InitOptions, io: Io): Promise<number> {
  const { services, leftOut }: Imported =
    options.from === undefined ? { services: [], leftOut: [] } : await fromCompose(options.from, io);
  const [first] = services;
  // A pool and a service of one name would be ambiguous.
  const pool = ['web', 'app', 'site'].find((name) => services.every((service) => service.name !== name)) ?? 'pool';
  const text = render('init/topology.yaml', {
    services: services.length > 0 && services.map(serviceView),
    pool,
    service: first ? scalar(first.name) : false,
    site: 'www.example.com',
  });
  try {
    writeNew(resolve(io.cwd, 'topology.yaml'), text);
  } catch (problem) {
    const exists = (problem as { code?: string }).code === 'EEXIST';
    throw new UsageError(
      exists ? 'topology.yaml exists already' : `cannot write topology.yaml: ${reason(problem)}`,
      exists ? 'it is left as it is: edit it, or move it away first' : 'choose another folder',
    );
  }
  for (const { what, why } of leftOut) io.stderr.write(visible(`left out ${what}: ${why}\n`));
  io.stdout.write('wrote topology.yaml\n');
  io.stderr.write('next: put your names and addresses in, then `proxywright lint` and `proxywright build -o out`\n');
  return 0;
}

/** Only the first service gets a pool; that nothing asks the others is no news for who reads the new file. */
function serviceView({ name, image, port, environment }: Imported['services'][number], index: number) {
  return {
    name: scalar(name),
    image: scalar(image),
    port: String(port),
    unused: index > 0,
    hasEnvironment: environment.length > 0,
    environment: environment.map(({ key, value }) => ({ key: scalar(key), value: JSON.stringify(value) })),
  };
}

/** Text as a YAML scalar: in quotes where it would be a number, `true` or `null`. */
function scalar(text: string): string {
  return stringify(text, { lineWidth: 0 }).trimEnd();
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
