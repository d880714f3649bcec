import type { Layout } from '../layout.ts';

/** What the fragments need to know about the machine that builds. */
export interface ComposeContext {
  readonly layout: Layout;
  /** A path of the topology (relative to its file) → the path as the fragments write it (relative to them). */
  hostPath(path: string): string;
  /** Beside a running edge: the proxy alone, in the network of the live project. */
  readonly shadow: boolean;
  /** PEM text of a private CA. */
  readonly caRoot?: string;
}

/** One service of a fragment: what compose is told, before it is quoted. */
export interface Container {
  readonly comments: readonly string[];
  readonly name: string;
  readonly image: string;
  /** Its image and environment are a person's: compose replaces the variables in them. */
  readonly isTemplate?: true;
  readonly commandKey?: 'command' | 'entrypoint';
  readonly command?: readonly string[];
  readonly environment?: ReadonlyMap<string, string>;
  readonly ports?: readonly string[];
  readonly expose?: string;
  readonly volumes?: readonly Mount[];
  readonly dependsOn?: string;
  readonly hosts?: ReadonlyMap<string, string>;
  readonly health?: readonly string[];
  readonly address?: string;
  /** Words of compose that a person wrote, as they are printed; they replace ours. */
  readonly further?: ReadonlyMap<string, string>;
  /** The volumes that those words name. */
  readonly named?: readonly string[];
}

export interface Mount {
  readonly type: 'bind' | 'volume';
  readonly source: string;
  readonly target: string;
  readonly readOnly: boolean;
}
