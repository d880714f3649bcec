import type { TargetId } from './diagnostics/diagnostic.ts';
import { shadow } from './model/shadow.ts';
import type { Topology } from './model/topology.ts';
import { emitCaddy } from './targets/caddy/emit.ts';
import { emitCompose } from './targets/compose/emit.ts';
import type { OutputFile } from './targets/files.ts';
import { lower } from './targets/index.ts';
import { containers, type Layout } from './targets/layout.ts';
import { emitNginx } from './targets/nginx/emit.ts';

export interface CompileOptions {
  /** Only these of the topology's targets; absent: all. */
  readonly targets?: readonly TargetId[];
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
  const seen = options.shadow === undefined ? topology : shadow(topology, options.shadow);
  const { caddy, nginx } = lower(seen);
  const wanted = (id: TargetId): boolean =>
    seen.targetIds.includes(id) && (options.targets ? options.targets.includes(id) : true);
  const files: OutputFile[] = [];
  if (caddy && wanted('caddy')) {
    files.push(...emitCaddy(caddy, layout));
    if (caRoot !== undefined && options.shadow === undefined) {
      files.push({ path: 'caddy/ca-root.pem', text: caRoot, target: 'caddy' });
    }
  }
  if (nginx && wanted('nginx')) {
    const servers =
      options.stage === 'bootstrap' ? nginx.servers.filter(({ listener }) => !listener.tls) : nginx.servers;
    files.push(...emitNginx({ ...nginx, servers }, layout));
  }
  if (wanted('compose')) {
    const beside = options.shadow !== undefined;
    files.push(...emitCompose(seen, { layout, hostPath, shadow: beside, ...(caRoot === undefined ? {} : { caRoot }) }));
  }
  return files;
}
