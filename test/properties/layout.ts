import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { selfSigned } from '../../src/cli/certificate.ts';
import { loopbackLayout } from '../../src/cli/loopback.ts';
import type { OutputFile } from '../../src/targets/files.ts';
import type { CertificateFiles, Layout } from '../../src/targets/layout.ts';

/**
 * A layout for checks that start nothing: what a configuration names exists on this machine, and nothing of it is in
 * anybody's way. `pair` serves every site; `lookup` is false where nginx would ask for a server's name at once.
 */
export function checkLayout(folder: string, pair: CertificateFiles, lookup: boolean): Layout {
  const base = loopbackLayout({
    folder,
    // Neither the ports of other tests nor those of outgoing connections.
    port: (port) => (port < 10_000 ? port + 10_000 : port),
    address: (address) =>
      address.kind === 'name' && !lookup ? { kind: 'v4', host: '127.0.0.1', port: address.port } : address,
  });
  return {
    ...base,
    bind: '127.0.0.77',
    certificate: () => pair,
    clientCa: () => pair.certificate,
    poolCa: () => pair.certificate,
    systemCas: pair.certificate,
    caddy: { ...base.caddy, accessLog: 'stdout', caRoot: pair.certificate },
  };
}

/** A throw-away certificate inside the folder. */
export function writePair(folder: string): CertificateFiles {
  const pair = selfSigned(['localhost']);
  const files = { certificate: join(folder, 'pair.pem'), key: join(folder, 'pair.key') };
  writeFileSync(files.certificate, pair.certificate);
  writeFileSync(files.key, pair.key);
  return files;
}

export function writeFiles(folder: string, files: readonly OutputFile[]): void {
  for (const { path, text } of files) {
    const full = join(folder, path);
    mkdirSync(dirname(full), { recursive: true });
    writeFileSync(full, text);
  }
}

/** Runs tasks two at a time: as many as the machine has cores. */
export async function inPairs(tasks: readonly (() => Promise<void>)[]): Promise<void> {
  const rest = [...tasks];
  const work = async (): Promise<void> => {
    for (let task = rest.shift(); task; task = rest.shift()) await task();
  };
  await Promise.all([work(), work()]);
}
