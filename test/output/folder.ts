import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type Applied, applyOutput } from '../../src/cli/apply.ts';
import { type Plan, planOutput } from '../../src/cli/output.ts';
import type { TargetId } from '../../src/diagnostics/diagnostic.ts';
import type { OutputFile } from '../../src/targets/files.ts';

export interface Build {
  readonly targets?: readonly TargetId[];
  readonly options?: Record<string, string>;
  readonly version?: string;
  readonly force?: boolean;
}

export const caddy: OutputFile = { path: 'caddy/Caddyfile', text: ':80 {\n\trespond ok\n}\n', target: 'caddy' };
export const nginx: OutputFile = { path: 'nginx/nginx.conf', text: 'events {}\nhttp {}\n', target: 'nginx' };
export const site: OutputFile = { path: 'nginx/conf.d/00-http.conf', text: 'server {}\n', target: 'nginx' };
export const both = [caddy, nginx, site] as const;

/** An empty folder that is gone after the test. */
export function emptyFolder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'proxywright-output-'));
  chmodSync(dir, 0o755);
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

export async function plan(dir: string, files: readonly OutputFile[] = both, build: Build = {}): Promise<Plan> {
  const { targets = ['caddy', 'nginx'], options = {}, version = '1.0.0', force = false } = build;
  return planOutput(dir, files, targets, { version, options }, { force });
}

export async function build(dir: string, files: readonly OutputFile[] = both, how: Build = {}): Promise<Applied> {
  return applyOutput(await plan(dir, files, how));
}

export async function refusals(dir: string, files: readonly OutputFile[] = both, how: Build = {}): Promise<string[]> {
  return (await plan(dir, files, how)).refusals.map(({ message }) =>
    message.replaceAll(`${dir}/`, '').replaceAll(dir, 'DIR'),
  );
}

/** Every file and folder below `dir`, sorted: what is there is as telling as what is in it. */
export function tree(dir: string): string[] {
  return readdirSync(dir, { recursive: true, encoding: 'utf8' }).sort();
}

/** Content, mode and time of every file: equal before and after means that nothing was written. */
export function snapshot(dir: string): Record<string, string> {
  const files = tree(dir).filter((path) => statSync(join(dir, path)).isFile());
  return Object.fromEntries(
    files.map((path) => {
      const { mode, mtimeNs, ino } = statSync(join(dir, path), { bigint: true });
      return [path, `${mode} ${mtimeNs} ${ino} ${readFileSync(join(dir, path), 'base64')}`];
    }),
  );
}

export function read(dir: string, path: string): string {
  return readFileSync(join(dir, path), 'utf8');
}

export function modeOf(dir: string, path: string): string {
  return (statSync(join(dir, path)).mode & 0o777).toString(8);
}
