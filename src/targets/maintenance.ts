import { flagFolder } from '../model/maintenance.ts';
import { baseName, type Layout } from './layout.ts';

/** Where the edge sees the file that turns maintenance on: its folder is there even while the file is not. */
export function flagPath(layout: Layout, site: string, flag: string): string {
  return `${layout.files(site, flagFolder(flag))}/${baseName(flag)}`;
}
