import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Address } from '../model/address.ts';
import type { Topology } from '../model/topology.ts';
import { baseName, caFile, fileFolder, type Layout, siteFolder } from '../targets/layout.ts';
import { selfSigned } from './certificate.ts';

export interface Loopback {
  /** A folder of one's own: logs, temporary files, certificates. */
  readonly folder: string;
  /** The port that is bound for a port that clients see. */
  readonly port: (port: number) => number;
  /** How a server of the topology is reached here. */
  readonly address: (address: Address) => Address;
}

/** A configuration for this machine, without containers: loopback only, ports of one's own, certificates in the folder. */
export function loopbackLayout({ folder, port, address }: Loopback): Layout {
  return {
    bind: '127.0.0.1',
    port,
    address,
    certificate: (site, files) => {
      const own = join(folder, 'tls', siteFolder(site));
      return {
        certificate: join(own, files ? baseName(files.certificate) : 'fullchain.pem'),
        key: join(own, files ? baseName(files.key) : 'privkey.pem'),
      };
    },
    poolCa: (ca) => join(folder, 'tls', caFile(ca)),
    systemCas: join(folder, 'tls', '+system.pem'),
    clientCa: (site, ca) => join(folder, 'tls', siteFolder(site), 'client', baseName(ca)),
    files: (site, root) => join(folder, 'www', siteFolder(site), fileFolder(root)),
    nginx: {
      configuration: join(folder, 'nginx'),
      pid: join(folder, 'nginx.pid'),
      errorLog: 'stderr',
      accessLog: join(folder, 'access.log'),
      webroot: join(folder, 'acme'),
      temporary: folder,
    },
    caddy: { accessLog: join(folder, 'access.log'), caRoot: join(folder, 'caddy/ca-root.pem'), admin: 'off' },
  };
}

/** Throw-away certificates where the layout expects those of sites and CAs. For checks and tests, never for serving. */
export function writeCertificates({ sites, pools }: Topology, layout: Layout): void {
  const trusted = pools.flatMap(({ tls }) => (tls ? [tls.ca ? layout.poolCa(tls.ca.value) : layout.systemCas] : []));
  for (const path of new Set(trusted)) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, selfSigned(['ca.invalid']).certificate);
  }
  for (const { id, name, aliases, redirectFrom, tls } of sites) {
    if (tls.value.mode === 'none') continue;
    const pair = selfSigned([name ?? 'default.invalid', ...[...aliases, ...redirectFrom].map(({ value }) => value)]);
    const given =
      tls.value.mode === 'files' ? { certificate: tls.value.certificate.value, key: tls.value.key.value } : undefined;
    const { certificate, key } = layout.certificate(id, given);
    mkdirSync(dirname(certificate), { recursive: true });
    writeFileSync(certificate, pair.certificate);
    writeFileSync(key, pair.key);
    if (!tls.value.client) continue;
    const ca = layout.clientCa(id, tls.value.client.ca.value);
    mkdirSync(dirname(ca), { recursive: true });
    writeFileSync(ca, selfSigned(['ca.invalid']).certificate);
  }
}
