import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Address } from '../model/address.ts';
import { type Layout, siteFolder } from '../targets/layout.ts';
import { selfSigned } from './certificate.ts';

export interface Loopback {
  /** A folder of one's own: logs, temporary files, certificates. */
  readonly folder: string;
  /** The port that is bound for a port that clients see. */
  readonly port: (port: number) => number;
  /** How a server of the topology is reached here. */
  readonly address: (address: Address) => Address;
  /** The names that a site's throw-away certificate is for; `default` needs some too. */
  readonly names?: (site: string) => readonly string[];
}

/**
 * A configuration for this machine, without containers: loopback only, ports of one's own, throw-away certificates
 * (made and written when a site is first asked for). For checks and tests, never for serving.
 */
export function loopbackLayout({ folder, port, address, names = (site) => [site] }: Loopback): Layout {
  const made = new Set<string>();
  const certificate: Layout['certificate'] = (site) => {
    const base = join(folder, 'tls', siteFolder(site));
    const files = { certificate: join(base, 'fullchain.pem'), key: join(base, 'privkey.pem') };
    if (!made.has(site)) {
      made.add(site);
      const pair = selfSigned(names(site));
      mkdirSync(dirname(files.key), { recursive: true });
      writeFileSync(files.certificate, pair.certificate);
      writeFileSync(files.key, pair.key);
    }
    return files;
  };
  return {
    bind: '127.0.0.1',
    port,
    address,
    certificate,
    nginx: {
      configuration: join(folder, 'nginx'),
      pid: join(folder, 'nginx.pid'),
      errorLog: 'stderr',
      accessLog: join(folder, 'access.log'),
      webroot: join(folder, 'acme'),
      temporary: folder,
    },
    caddy: { accessLog: 'stdout', caRoot: join(folder, 'caddy/ca-root.pem'), admin: 'off' },
  };
}
