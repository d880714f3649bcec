import { expect, it } from 'vitest';
import { analyse } from '../src/pipeline.ts';

const part = (name: string): string => `-----BEGIN ${name}-----\nAAAA\n-----END ${name}-----\n`;
const files: Readonly<Record<string, string>> = {
  'chain.pem': `subject=CN = a\n${part('CERTIFICATE')}${part('CERTIFICATE')}`,
  'trusted.pem': part('TRUSTED CERTIFICATE'),
  'both.pem': part('CERTIFICATE') + part('PRIVATE KEY'),
  'key.pem': part('EC PRIVATE KEY'),
  'locked.pem': part('ENCRYPTED PRIVATE KEY'),
  'request.pem': part('CERTIFICATE REQUEST'),
  'cert.der': '\x30\x82\x01',
};

function found(tls: string): string[] {
  const text = `version: 1\nacme: { email: a@example.com }\ntargets: { caddy: {} }\nsites:\n  a.example.com: { upstream: 10.0.0.2:80, tls: ${tls} }\n`;
  const { diagnostics } = analyse('topology.yaml', text, {
    fileExists: (path) => path === 'secret.pem' || Object.hasOwn(files, path),
    textOf: (path) => files[path],
  });
  return diagnostics
    .filter(({ rule }) => rule === 'reference-file')
    .map(({ severity, message, place }) => `${severity} ${place.path.split('/').at(-1)}: ${message}`);
}

it.each([
  ['{ certificate: chain.pem, key: key.pem }', []],
  ['{ certificate: both.pem, key: both.pem }', []],
  ['{ certificate: trusted.pem, key: secret.pem }', []],
  ['{ certificate: chain.pem, key: gone.pem }', ['error key: there is no file "gone.pem"']],
  // What is in them is theirs alone.
  ['{ certificate: key.pem, key: cert.der }', []],
  ['{ certificate: chain.pem, key: locked.pem }', []],
  ['{ client: cert.der }', ['error client: "cert.der" holds no certificate in PEM form']],
  ['{ client: request.pem }', ['error client: "request.pem" holds no certificate in PEM form']],
  ['{ client: chain.pem }', []],
  ['{ client: { ca: key.pem } }', ['error ca: "key.pem" holds a private key, and no certificate']],
  ['{ client: both.pem }', ['warning client: "both.pem" holds the private key of the CA as well']],
])('%s', (tls, expected) => {
  expect(found(tls)).toEqual(expected);
});
