import type { TargetId } from './diagnostics/diagnostic.ts';
import { views } from './model/edges.ts';
import { shadow } from './model/shadow.ts';
import type { Topology } from './model/topology.ts';
import { runbook } from './runbook.ts';
import { emitCaddy } from './targets/caddy/emit.ts';
import { emitCompose } from './targets/compose/emit.ts';
import { folderOf, type OutputFile } from './targets/files.ts';
import { lower } from './targets/index.ts';
import { containers, type Layout } from './targets/layout.ts';
import { emitNginx } from './targets/nginx/emit.ts';

export interface CompileOptions {
  /** Only these of the topology's targets; absent: all. */
  readonly targets?: readonly TargetId[];
  /** What runs on this edge machine alone, in folders that do not have its name; absent: the files of all machines. */
  readonly edge?: string;
  /** Where the configuration will run; absent: in the containers of the compose fragments. */
  readonly layout?: Layout;
  /** Plain http for every site on this port, beside the live proxy. */
  readonly shadow?: number;
  /** `bootstrap`: nginx without its TLS listeners, before there are certificates. */
  readonly stage?: 'bootstrap';
  /** A path of the topology → the path as the compose fragments write it; absent: unchanged. */
  readonly hostPath?: (path: string) => string;
  /** PEM text of the private CA that `acme.ca_root` names. */
  readonly caRoot?: string;
}

/** A topology without errors → the files of the output, in the order of the targets. Pure: touches nothing. */
export function compile(topology: Topology, options: CompileOptions = {}): OutputFile[] {
  const { layout = containers, hostPath = (path: string) => path, caRoot } = options;
  const all = views(options.shadow === undefined ? topology : shadow(topology, options.shadow));
  const seen = options.edge === undefined ? all : all.filter(({ here }) => here?.name === options.edge);
  const wanted = (id: TargetId): boolean =>
    topology.targetIds.includes(id) && (options.targets ? options.targets.includes(id) : true);
  const files = (['caddy', 'nginx'] as const).flatMap((id) =>
    wanted(id) ? seen.flatMap((one) => placed(proxyFiles(id, one, options, layout), one, options)) : [],
  );
  if (wanted('compose')) {
    const beside = options.shadow !== undefined;
    if (!beside && options.stage === undefined) files.push(runbook(seen));
    files.push(...emitCompose(seen, { layout, hostPath, shadow: beside, ...(caRoot === undefined ? {} : { caRoot }) }));
  }
  return files;
}

function proxyFiles(id: 'caddy' | 'nginx', topology: Topology, options: CompileOptions, layout: Layout): OutputFile[] {
  const { caddy, nginx } = lower(topology);
  if (id === 'caddy' && caddy) {
    const { caRoot, shadow: port } = options;
    const root = { path: 'caddy/ca-root.pem', text: caRoot ?? '', target: 'caddy' } as const;
    return [...emitCaddy(caddy, layout), ...(caRoot !== undefined && port === undefined ? [root] : [])];
  }
  if (!nginx) return [];
  const servers = options.stage === 'bootstrap' ? nginx.servers.filter(({ listener }) => !listener.tls) : nginx.servers;
  return emitNginx({ ...nginx, servers }, layout);
}

/** The files of a proxy, in the folder of their machine where several run the edge. */
function placed(files: readonly OutputFile[], topology: Topology, { edge }: CompileOptions): readonly OutputFile[] {
  if (edge !== undefined) return files;
  return files.map((file) => ({ ...file, path: file.path.replace(/^[a-z]+(?=\/)/, (id) => folderOf(id, topology)) }));
}
