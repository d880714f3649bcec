import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';

/** A self-made certificate for checks on this machine: real enough for a proxy to start with. Never for serving. */
export interface Pair {
  readonly certificate: string;
  readonly key: string;
}

interface Wanted {
  /** Its common name. */
  readonly subject: string;
  /** Names and IPv4 addresses that it is for; a client needs none. */
  readonly names?: readonly string[];
  /** Who signs it; absent: it signs itself, and may sign others. */
  readonly by?: { readonly subject: string; readonly key: string };
}

/** A certificate for names and IPv4 addresses, which clients of a test can trust by itself. */
export function selfSigned(names: readonly string[]): Pair {
  return issue({ subject: 'throw-away', names });
}

/**
 * An X.509 certificate (P-256, valid from yesterday for a month). Node makes keys but no certificates, and `openssl` need
 * not be installed where a proxy is; the thirty lines of DER need no library.
 */
export function issue({ subject, names = [], by }: Wanted): Pair {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const ecdsaWithSha256 = sequence(oid(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02));
  const day = 86_400_000;
  const extensions = [
    ...(names.length > 0 ? [extension(0x11, sequence(...names.map(generalName)))] : []),
    ...(by ? [] : [extension(0x13, sequence(der(0x01, Buffer.from([0xff]))))]),
  ];
  const body = sequence(
    der(0xa0, integer(Buffer.from([2]))),
    integer(Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    ecdsaWithSha256,
    commonName(by?.subject ?? subject),
    sequence(time(Date.now() - day), time(Date.now() + 30 * day)),
    commonName(subject),
    publicKey.export({ type: 'spki', format: 'der' }),
    ...(extensions.length > 0 ? [der(0xa3, sequence(...extensions))] : []),
  );
  const signature = sign('sha256', body, by?.key ?? privateKey);
  const certificate = sequence(body, ecdsaWithSha256, der(0x03, Buffer.concat([Buffer.from([0]), signature])));
  return { certificate: pem(certificate), key: String(privateKey.export({ type: 'pkcs8', format: 'pem' })) };
}

function commonName(text: string): Buffer {
  return sequence(set(sequence(oid(0x55, 0x04, 0x03), der(0x0c, Buffer.from(text)))));
}

function extension(id: number, content: Buffer): Buffer {
  return sequence(oid(0x55, 0x1d, id), der(0x04, content));
}

function generalName(name: string): Buffer {
  const parts = name.split('.').map(Number);
  const isV4 = parts.length === 4 && parts.every((part) => part >= 0 && part <= 255);
  return isV4 ? der(0x87, Buffer.from(parts)) : der(0x82, Buffer.from(name));
}

function der(tag: number, content: Buffer): Buffer {
  const { length } = content;
  if (length < 0x80) return Buffer.concat([Buffer.from([tag, length]), content]);
  const bytes = length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...bytes]), content]);
}

function sequence(...parts: Buffer[]): Buffer {
  return der(0x30, Buffer.concat(parts));
}

function set(part: Buffer): Buffer {
  return der(0x31, part);
}

function integer(bytes: Buffer): Buffer {
  return der(0x02, bytes);
}

function oid(...bytes: number[]): Buffer {
  return der(0x06, Buffer.from(bytes));
}

function time(at: number): Buffer {
  const text = new Date(at).toISOString().replace(/[-:T]/g, '').slice(2, 14);
  return der(0x17, Buffer.from(`${text}Z`));
}

function pem(bytes: Buffer): string {
  const lines = bytes.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}
