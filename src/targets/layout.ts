import { type Address, formatAddress } from '../model/address.ts';

/**
 * Where things are on the machine that runs a configuration: addresses and ports to bind, folders, and how a server's
 * name is reached. The containers, `verify` and the tests differ in nothing else.
 */
export interface Layout {
  /** The address to bind; empty: every address. */
  readonly bind: string;
  /** The port to bind for a port that clients see. */
  port(port: number): number;
  /** How a server is reached: `web:3000` in a container, a loopback port in a test. */
  address(address: Address): Address;
  /** The certificate and key of a site: made by ACME or by the edge itself (no `file`), or given by the user. */
  certificate(site: string, files?: { readonly certificate: string; readonly key: string }): CertificateFiles;
  /** The CA whose certificates clients of a site show. */
  clientCa(site: string, ca: string): string;
  /** The CA of the servers of a pool. */
  poolCa(ca: string): string;
  /** The CAs that the system trusts, in one file. */
  readonly systemCas: string;
  /** Where the files of a folder beside the topology are. */
  files(site: string, root: string): string;
  readonly nginx: NginxFolders;
  readonly caddy: CaddyFolders;
}

export interface CertificateFiles {
  readonly certificate: string;
  readonly key: string;
}

export interface NginxFolders {
  /** The folder that holds nginx.conf and conf.d. */
  readonly configuration: string;
  readonly pid: string;
  readonly errorLog: string;
  readonly accessLog: string;
  readonly mimeTypes?: string;
  /** Files of ACME challenges. */
  readonly webroot: string;
  /** Request bodies and responses that do not fit the memory; absent: where nginx was built to put them. */
  readonly temporary?: string;
}

export interface CaddyFolders {
  /** `stdout`, or the path of a file. */
  readonly accessLog: 'stdout' | string;
  /** PEM file of a private CA. */
  readonly caRoot: string;
  /** `off`, or absent: Caddy's own localhost port, for `caddy reload`. */
  readonly admin?: 'off';
}

/** A name for files and folders that stands for a site. No site name holds a `+`, so that no two of them meet. */
export function siteFolder(site: string): string {
  return site.replace('*', '+any').replace(/[^A-Za-z0-9._+-]/g, '+');
}

/** A name for a folder of files, which may be anywhere on the machine: `./public/app` is `public+app`. */
export function fileFolder(root: string): string {
  return root.replace(/^(?:\.?\/)+/, '').replace(/[^A-Za-z0-9._-]+/g, '+') || 'root';
}

/** In the containers of the compose fragments. */
export const containers: Layout = {
  bind: '',
  port: (port) => port,
  address: (address) => address,
  certificate: (site, files) => {
    const folder = `/etc/edge/tls/${siteFolder(site)}`;
    if (!files) return { certificate: `${folder}/fullchain.pem`, key: `${folder}/privkey.pem` };
    const own = `/etc/edge/files/${siteFolder(site)}`;
    return {
      certificate: `${own}/certificate/${baseName(files.certificate)}`,
      key: `${own}/key/${baseName(files.key)}`,
    };
  },
  clientCa: (site, ca) => `/etc/edge/files/${siteFolder(site)}/client/${baseName(ca)}`,
  poolCa: (ca) => `/etc/edge/files/${caFile(ca)}`,
  // Of the images of both proxies, which are built on Alpine.
  systemCas: '/etc/ssl/certs/ca-certificates.crt',
  files: (site, root) => `/srv/${siteFolder(site)}/${fileFolder(root)}`,
  nginx: {
    configuration: '/etc/edge/nginx',
    pid: '/run/nginx.pid',
    errorLog: '/dev/stderr',
    accessLog: '/dev/stdout',
    mimeTypes: '/etc/nginx/mime.types',
    webroot: '/var/www/acme',
  },
  caddy: { accessLog: 'stdout', caRoot: '/etc/caddy/ca-root.pem' },
};

/** Where the CA of a pool is among other files: no two of them meet, whatever their folders are. */
export function caFile(ca: string): string {
  return `+ca/${encodeURIComponent(ca.slice(0, -baseName(ca).length))}+/${baseName(ca)}`;
}

export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

export function printAddress(layout: Layout, address: Address): string {
  return formatAddress(layout.address(address));
}
