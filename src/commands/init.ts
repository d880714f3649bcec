import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Io, reason, UsageError, writeNew } from '../cli/io.ts';
import { servicesOfCompose } from '../import/compose.ts';
import { render } from '../targets/render.ts';

export interface InitOptions {
  /** A compose file whose services become those of the topology. */
  readonly from?: string;
}

/** Writes a commented topology.yaml. Never overwrites one. */
export async function init(options: InitOptions, io: Io): Promise<number> {
  const services = options.from === undefined ? [] : fromCompose(options.from, io);
  const [first] = services;
  const text = render('init/topology.yaml', {
    services: services.length > 0 && services,
    pool: first?.name ?? 'web',
    service: first?.name ?? false,
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
  io.stdout.write('wrote topology.yaml\n');
  io.stderr.write('next: put your names and addresses in, then `proxywright lint` and `proxywright build -o out`\n');
  return 0;
}

function fromCompose(path: string, io: Io) {
  let text: string;
  try {
    text = readFileSync(resolve(io.cwd, path), 'utf8');
  } catch (problem) {
    throw new UsageError(`cannot read ${path}: ${reason(problem)}`, 'name a compose file');
  }
  const { services, skipped } = servicesOfCompose(text);
  for (const { name, why } of skipped) io.stderr.write(`left out \`${name}\`: ${why}\n`);
  if (services.length === 0)
    throw new UsageError(
      `${path} has no service with an image and a port`,
      'name a compose file, or leave `--from` away',
    );
  return services;
}
