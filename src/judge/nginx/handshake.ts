import type { Place } from '../../diagnostics/diagnostic.ts';
import { plainTls } from '../../model/tls.ts';
import type { ClientCertificates, Given, Hsts, TlsWords } from '../../model/topology.ts';
import { hstsHeader, parseHsts } from '../hsts.ts';
import type { Unsaid } from '../judged.ts';
import { effective, type Scopes } from './inherit.ts';
import type { Directive } from './parse.ts';
import { placeOf, type Server, type World } from './servers.ts';

/** What a server says of its handshakes in the words of a topology, and what a topology does not say. */
export function handshakeOf(
  { scopes, locations }: Server,
  world: World,
  at: Place,
): { readonly words: TlsWords; readonly unsaid: readonly Unsaid[] } {
  const unsaid: Unsaid[] = [];
  const work: Work = {
    leave: (directive, what) => unsaid.push({ place: placeOf(world, directive), what }),
    place: (directive) => placeOf(world, directive),
    first: (name) => effective(scopes, name)[0],
  };
  const client = clientOf(work);
  const hsts = [scopes, ...locations.all.map((location) => location.scopes)]
    .map((blocks) => hstsOf(blocks, work))
    .find((one) => one !== undefined);
  return {
    words: { ...plainTls(at), ...profileOf(work), ...(client ? { client } : {}), ...(hsts ? { hsts } : {}) },
    unsaid,
  };
}

interface Work {
  readonly leave: (directive: Directive, what: string) => void;
  readonly place: (directive: Directive) => Place;
  readonly first: (name: string) => Directive | undefined;
}

function profileOf({ first, leave, place }: Work): Pick<TlsWords, 'profile'> | undefined {
  const protocols = first('ssl_protocols');
  if (!protocols) return undefined;
  const words = protocols.args.map(({ text }) => text);
  const old = words.filter((word) => !['TLSv1.2', 'TLSv1.3'].includes(word));
  if (old.length > 0) leave(protocols, `\`ssl_protocols ${old.join(' ')}\`: clients that have nothing newer`);
  const modern = words.every((word) => word === 'TLSv1.3');
  return { profile: { value: modern ? 'modern' : 'intermediate', at: place(protocols), origin: 'written' } };
}

function clientOf({ first, leave, place }: Work): ClientCertificates | undefined {
  const verify = first('ssl_verify_client');
  const mode = verify?.args[0]?.text.toLowerCase();
  if (!verify || mode === 'off' || mode === undefined) return undefined;
  const file = first('ssl_client_certificate');
  const [ca] = file?.args ?? [];
  if (!file || !ca || mode === 'optional_no_ca') {
    leave(verify, `\`ssl_verify_client ${mode}\`: who checks the certificates of clients`);
    return undefined;
  }
  const revoked = first('ssl_crl') ?? first('ssl_ocsp');
  if (revoked) leave(revoked, `\`${revoked.name}\`: certificates of clients that were revoked`);
  const at = place(file);
  const given = <T>(value: T, where: Directive): Given<T> => ({ value, at: place(where), origin: 'written' });
  return { at, ca: given(ca.text, file), mode: given(mode === 'on' ? 'require' : 'optional', verify) };
}

function hstsOf(scopes: Scopes, { leave, place }: Work): Hsts | undefined {
  const header = effective(scopes, 'add_header').find(({ args }) => args[0]?.text.toLowerCase() === hstsHeader);
  const value = header?.args[1]?.text;
  if (!header || value === undefined) return undefined;
  const hsts = parseHsts(value, place(header));
  if (!hsts) leave(header, `\`${header.args[0]?.text}\` with another value`);
  return hsts;
}
