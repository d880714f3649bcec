import { rm, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Change } from './change.ts';
import { inspect, keepAs, makeFolders, removeAbandoned, sha256, writeAtomically } from './disk.ts';
import type { Plan } from './output.ts';
import { OutputError } from './output-error.ts';
import { reasonOf } from './system-error.ts';

/** What a build did to its output folder, paths relative to it. */
export interface Applied {
  readonly written: readonly string[];
  readonly deleted: readonly string[];
  readonly kept: readonly { readonly path: string; readonly as: string }[];
}

/**
 * Carries out a plan without refusals. The manifest comes after the files that it describes, deletions after the
 * manifest: whatever interrupts it, no file is gone that the manifest of the moment lists.
 */
export async function applyOutput(plan: Plan): Promise<Applied> {
  if (plan.refusals.length > 0) throw new Error('a plan with refusals must not be carried out');
  const writes = plan.changes.filter(({ kind }) => kind === 'create' || kind === 'update' || kind === 'mode');
  const deletions = plan.changes.filter(({ kind }) => kind === 'delete');
  const manifest = plan.manifest.kind === 'unchanged' ? [] : [plan.manifest];
  const steps = [...writes, ...manifest, ...deletions];
  for (const [done, change] of steps.entries()) {
    try {
      await carryOut(plan.dir, change);
    } catch (error) {
      throw stopped(plan.dir, steps, done, error);
    }
  }
  for (const folder of new Set([...plan.changes, plan.manifest].map(({ path }) => dirname(path)))) {
    await removeAbandoned(join(plan.dir, folder));
  }
  for (const { path } of deletions) await removeEmptyFolders(plan.dir, path);
  return { written: writes.map(({ path }) => path), deleted: deletions.map(({ path }) => path), kept: plan.kept };
}

async function carryOut(dir: string, change: Change): Promise<void> {
  const file = join(dir, change.path);
  assertAsPlanned(dir, change);
  if (change.keepAs !== undefined) await keepAs(file, join(dir, change.keepAs));
  if (change.kind === 'delete') return rm(file);
  await makeFolders(dir, change.path);
  await writeAtomically(file, Buffer.from(change.after ?? ''), change.mode);
}

/** Between planning and writing somebody may have saved the file or put a link there: look again, right before. */
function assertAsPlanned(dir: string, { path, seen }: Change): void {
  const found = inspect(dir, path);
  if (found.kind === 'bad') throw new Error(found.problem);
  const now = found.kind === 'file' ? sha256(found.bytes) : undefined;
  if (now !== seen) throw new Error('it was changed while the build was running');
}

function stopped(dir: string, steps: readonly Change[], done: number, error: unknown): OutputError {
  const names = steps.map(({ path, kind }) => (kind === 'delete' ? `${path} (deletion)` : path));
  const [before, after] = [names.slice(0, done), names.slice(done)];
  const failed = steps[done];
  const verb = failed?.kind === 'delete' ? 'deleted' : 'written';
  const message = [
    `${join(dir, failed?.path ?? '')} could not be ${verb}: ${reasonOf(error)}`,
    `done before: ${before.join(', ') || 'nothing'}`,
    `not done: ${after.join(', ')}`,
    'no file is half-written',
  ].join('; ');
  const help =
    failed?.kind === 'delete'
      ? 'delete what is left by hand: the manifest no longer lists it, so later builds leave it alone'
      : 'remove the cause and run the same build again: it continues where this one stopped';
  return new OutputError(message, help, before, after, error);
}

/** Folders of files that were deleted now. What still holds something, or cannot be removed, does no harm. */
async function removeEmptyFolders(dir: string, path: string): Promise<void> {
  for (let folder = dirname(path); folder !== '.'; folder = dirname(folder)) {
    try {
      await rmdir(join(dir, folder));
    } catch {
      return;
    }
  }
}
