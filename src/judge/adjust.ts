import type { Edit } from '../diagnostics/diagnostic.ts';
import type { Setting, Tuning } from '../report/tuning.ts';

/** A smaller value that a route needs. */
export interface Wish {
  /** Its id. */
  readonly route: string;
  readonly setting: Setting;
  readonly to: number;
}

/** A line that is written for some routes. */
export interface Line {
  readonly file: string;
  /** The line that it replaces, or behind which it stands. */
  readonly number: number;
  /** `proxy_read_timeout 5s` */
  readonly text: string;
  readonly routes: ReadonlySet<string>;
}

export interface Written {
  readonly edits: readonly Edit[];
  readonly lines: readonly Line[];
}

/** Why some routes cannot get what they need; it never leaves this folder. */
export class Unwritable extends Error {
  readonly routes: ReadonlySet<string>;

  constructor(message: string, routes: ReadonlySet<string>) {
    super(message);
    this.routes = routes;
  }
}

/** How the values of a hand-written configuration can be changed. */
export interface Adjusting {
  /** The routes whose waits such values decide, by their id. */
  readonly tunings: ReadonlyMap<string, Tuning>;
  /** The edits that give each route what it needs and leave all other routes as they are; or an Unwritable is thrown. */
  write(wishes: readonly Wish[]): Written;
}
