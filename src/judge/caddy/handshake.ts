import { plainTls } from '../../model/tls.ts';
import type { ClientCertificates, Hsts, TlsWords } from '../../model/topology.ts';
import { hstsHeader, parseHsts } from '../hsts.ts';
import { matcherOf } from './directives.ts';
import type { Token } from './lexer.ts';
import type { Notes } from './notes.ts';
import type { CaddyBlock } from './parse.ts';
import type { CaddyDirective } from './tree.ts';

/** Where the certificate comes from, and what every program has its own way for. */
const elsewhere = new Set('ca ca_root eab issuer get_certificate on_demand key_type load alpn'.split(' '));
/** What the program offers by itself: with these it is the same, in another order or a part of it. */
const offered =
  /^(?:x25519mlkem768|x25519|secp256r1|secp384r1|TLS_ECDHE_(?:RSA|ECDSA)_WITH_(?:AES_\d+_GCM|CHACHA20)_.*)$/;

/** What a site block says of its handshakes in the words of a topology; what a topology does not say is noted. */
export function handshakeOf(block: CaddyBlock, key: Token, notes: Notes): TlsWords {
  const inside = block.directives.filter(({ name }) => name === 'tls').flatMap((one) => one.block ?? []);
  let profile: TlsWords['profile'] | undefined;
  let client: ClientCertificates | undefined;
  for (const directive of inside) {
    const { name, args, head } = directive;
    const words = args.map(({ text }) => text);
    if (name === 'protocols') {
      const modern = words[0] === 'tls1.3';
      if (!modern && words.at(-1) === 'tls1.2') notes.leave(head, `\`protocols ${words.join(' ')}\`: no TLS 1.3`);
      profile = notes.given(modern ? 'modern' : 'intermediate', head);
    } else if (name === 'client_auth') client = clientOf(directive, notes);
    else if (name === 'curves' || name === 'ciphers') {
      if (!words.every((word) => offered.test(word))) notes.leave(head, `\`${name}\` in \`tls\``);
    } else if (!elsewhere.has(name)) notes.leave(head, `\`${name}\` in \`tls\``);
  }
  const hsts = hstsOf(block, notes);
  return {
    ...plainTls(notes.place(key)),
    ...(profile ? { profile } : {}),
    ...(client ? { client } : {}),
    ...(hsts ? { hsts } : {}),
  };
}

const modes: Readonly<Record<string, 'require' | 'optional'>> = {
  require_and_verify: 'require',
  verify_if_given: 'optional',
};

function clientOf({ head, block = [] }: CaddyDirective, notes: Notes): ClientCertificates | undefined {
  const files = block.flatMap(({ name, args, block: inner = [] }) => {
    if (name === 'trusted_ca_cert_file') return args.slice(0, 1);
    if (name !== 'trust_pool' || args[0]?.text !== 'file') return [];
    return [...args.slice(1), ...inner.filter((one) => one.name === 'pem_file').flatMap((one) => one.args)];
  });
  const others = block.filter(({ name, args }) => {
    return !(name === 'mode' || name === 'trusted_ca_cert_file' || (name === 'trust_pool' && args[0]?.text === 'file'));
  });
  const written = block.find(({ name }) => name === 'mode')?.args[0];
  // With a CA Caddy checks who shows a certificate, and asks for one.
  const mode = written ? modes[written.text] : 'require';
  const [ca, second] = files;
  if (!ca || second || others.length > 0 || mode === undefined) {
    notes.leave(head, '`client_auth`: who checks the certificates of clients');
    return undefined;
  }
  return { at: notes.place(head), ca: notes.given(ca.text, ca), mode: notes.given(mode, written ?? head) };
}

function hstsOf({ directives }: CaddyBlock, notes: Notes): Hsts | undefined {
  const lines = directives
    .filter(({ name }) => name === 'header')
    .flatMap((one): (readonly Token[])[] => {
      const { args } = matcherOf(one);
      return [args, ...(one.block ?? []).map((inner) => [inner.head, ...inner.args])];
    });
  for (const [name, value] of lines) {
    if (!name || !value || name.text.replace(/^[+?>]/, '').toLowerCase() !== hstsHeader) continue;
    const hsts = parseHsts(value.text, notes.place(value));
    if (!hsts) notes.leave(name, `\`${name.text}\` with another value`);
    return hsts;
  }
  return undefined;
}
