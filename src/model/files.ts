import type { Diagnostic, Place } from '../diagnostics/diagnostic.ts';
import { pageFiles } from './error-pages.ts';
import { flagFolder } from './maintenance.ts';
import type { Given, Topology } from './topology.ts';

/** What the machine knows of the files that a topology names. Paths are relative to the topology. */
export interface NamedFiles {
  readonly exists?: ((path: string) => boolean) | undefined;
  readonly existsFolder?: ((path: string) => boolean) | undefined;
  /** Nothing: it cannot be read here, as a key often cannot. */
  readonly text?: ((path: string) => string | undefined) | undefined;
}

type Kind = 'file' | 'ca' | 'folder';

/** Files that are not there, or do not hold what they should: the proxies would not start. */
export function namedFiles(
  { acme, sites, pools }: Topology,
  { exists, existsFolder = exists, text }: NamedFiles,
): Diagnostic[] {
  if (!exists) return [];
  const secure = sites.flatMap(({ tls: { value } }) => (value.mode === 'none' ? [] : [value]));
  const named: readonly (readonly [Kind, Given<string>])[] = [
    ...(acme.ca_root ? [['ca', acme.ca_root] as const] : []),
    ...secure.flatMap((tls) =>
      tls.mode === 'files' ? ([['file', tls.certificate] as const, ['file', tls.key] as const] as const) : [],
    ),
    ...secure.flatMap(({ client }) => (client ? [['ca', client.ca] as const] : [])),
    ...pools.flatMap(({ tls }) => (tls?.ca ? [['ca', tls.ca] as const] : [])),
    ...sites.flatMap(({ routes }) =>
      routes.flatMap((route) => (route.action === 'files' ? [['folder', route.root] as const] : [])),
    ),
    ...once(sites.flatMap(({ routes }) => routes.flatMap(({ maintenance }) => maintenance ?? []))).flatMap(
      ({ page, flag }) => [
        ...(page ? [['file', page] as const] : []),
        ...(flag ? [['folder', { ...flag, value: flagFolder(flag.value) }] as const] : []),
      ],
    ),
    ...once(sites.flatMap((site) => [site, ...site.routes].flatMap(({ errorPages }) => pageFiles(errorPages)))).map(
      (file) => ['file', file] as const,
    ),
  ];
  return named.flatMap(([kind, { value, at: place }]): Diagnostic[] => {
    const rule = 'reference-file';
    const name = JSON.stringify(value);
    const isFolder = kind === 'folder';
    if (!(isFolder ? existsFolder?.(value) : exists(value))) {
      const help = 'a path is relative to the topology file';
      return [{ rule, severity: 'error', message: `there is no ${isFolder ? 'folder' : 'file'} ${name}`, help, place }];
    }
    const wrong = kind === 'ca' ? wrongWith(value, text?.(value)) : undefined;
    return wrong ? [{ rule, severity: 'error', ...wrong, message: `${name} ${wrong.message}`, place }] : [];
  });
}

/** Those of a site are the same for each of its routes. */
function once<T extends { readonly at: Place }>(list: readonly T[]): T[] {
  return [...new Map(list.map((one) => [`${one.at.source} ${one.at.path}`, one])).values()];
}

type Wrong = Pick<Diagnostic, 'message' | 'help'> & Partial<Pick<Diagnostic, 'why' | 'severity'>>;

/** Of a CA, by the first lines of its parts: no more is looked at. Certificates and keys of sites are nobody's to read here. */
function wrongWith(path: string, text: string | undefined): Wrong | undefined {
  if (text === undefined) return undefined;
  const parts = [...text.matchAll(/^-----BEGIN ([A-Z0-9 ]+)-----/gm)].map(([, name = '']) => name);
  const certificate = parts.some((name) => name.endsWith('CERTIFICATE'));
  const key = parts.some((name) => name.endsWith('PRIVATE KEY'));
  if (!certificate && key) {
    return { message: 'holds a private key, and no certificate', help: 'name the file with the certificate of the CA' };
  }
  if (!certificate) {
    return { message: 'holds no certificate in PEM form', help: `openssl x509 -inform der -in ${path} -out cert.pem` };
  }
  if (!key) return undefined;
  return {
    severity: 'warning',
    message: 'holds the private key of the CA as well',
    why: 'whoever reads the files of the edge could make certificates that open it',
    help: 'name a file with the certificate alone, and keep the key elsewhere',
  };
}
