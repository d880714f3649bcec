import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { importTopology } from '../../src/import/judged.ts';
import { judgedAs } from '../../src/judge/index.ts';
import type { SiteTls } from '../../src/model/topology.ts';
import { analyse } from '../../src/pipeline.ts';
import { newest } from '../judge/told.ts';

type Target = 'nginx' | 'caddy';
const main = { nginx: 'nginx.conf', caddy: 'Caddyfile' } as const;

/** What a topology made from a configuration says of TLS, and what it leaves out. */
function imported(target: Target, text: string) {
  const { judged } = judgedAs(target, new Map([[main[target], text]]), main[target], newest[target]);
  const made = importTopology([judged]);
  const { topology, diagnostics } = analyse('topology.yaml', made?.text ?? '');
  expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  return {
    http3: topology?.edge.http3.value,
    tls: topology?.sites.map(({ tls }) => told(tls.value)),
    unsaid: made?.unsaid.filter((line) => !/waits|upper case|`Host:/.test(line)),
  };
}

function told(tls: SiteTls): unknown {
  if (tls.mode === 'none') return 'none';
  const { profile, hsts, client } = tls;
  return {
    profile: profile.value,
    hsts: hsts && [hsts.max_age.value / 86_400_000, hsts.include_subdomains.value, hsts.preload.value],
    client: client && [client.ca.value, client.mode.value],
  };
}

const server = (words: string): string => `events {}
http { server { listen 443 ssl; server_name a.example.com; ssl_certificate a.pem; ssl_certificate_key a.key;
${words}
location / { proxy_pass http://10.0.0.2:80; } } }
`;
const site = (words: string, before = ''): string => `${before}a.example.com {
	${words}
	reverse_proxy 10.0.0.2:80
}
`;

const usual = { profile: 'intermediate', hsts: undefined, client: undefined };

describe('what a hand-written configuration says of its handshakes', () => {
  it.each([
    ['nginx', server(''), usual, []],
    ['nginx', server('ssl_protocols TLSv1.3;'), { ...usual, profile: 'modern' }, []],
    [
      'nginx',
      server('ssl_protocols TLSv1.1 TLSv1.2;'),
      usual,
      ['nginx.conf:3: `ssl_protocols TLSv1.1`: clients that have nothing newer'],
    ],
    [
      'nginx',
      server('ssl_client_certificate ca.pem; ssl_verify_client on;'),
      { ...usual, client: ['ca.pem', 'require'] },
      [],
    ],
    [
      'nginx',
      server('ssl_client_certificate ca.pem; ssl_verify_client optional; ssl_crl gone.pem;'),
      { ...usual, client: ['ca.pem', 'optional'] },
      ['nginx.conf:3: `ssl_crl`: certificates of clients that were revoked'],
    ],
    [
      'nginx',
      server('ssl_verify_client optional_no_ca;'),
      usual,
      ['nginx.conf:3: `ssl_verify_client optional_no_ca`: who checks the certificates of clients'],
    ],
    ['nginx', server('ssl_client_certificate ca.pem; ssl_verify_client off;'), usual, []],
    [
      'nginx',
      server('add_header Strict-Transport-Security "max-age=31536000; includeSubDomains; preload" always;'),
      { ...usual, hsts: [365, true, true] },
      [],
    ],
    [
      'nginx',
      server('add_header Strict-Transport-Security $hsts;'),
      usual,
      ['nginx.conf:3: `Strict-Transport-Security` with another value'],
    ],
    ['caddy', site('encode gzip'), usual, ['Caddyfile:2: `encode gzip`']],
    ['caddy', site('tls {\n\t\tprotocols tls1.3\n\t}'), { ...usual, profile: 'modern' }, []],
    [
      'caddy',
      site('tls a.pem a.key {\n\t\tclient_auth {\n\t\t\ttrust_pool file ca.pem\n\t\t}\n\t}'),
      { ...usual, client: ['ca.pem', 'require'] },
      [],
    ],
    [
      'caddy',
      site('tls {\n\t\tclient_auth {\n\t\t\tmode verify_if_given\n\t\t\ttrusted_ca_cert_file ca.pem\n\t\t}\n\t}'),
      { ...usual, client: ['ca.pem', 'optional'] },
      [],
    ],
    [
      'caddy',
      site('tls {\n\t\tclient_auth {\n\t\t\tmode require\n\t\t}\n\t}'),
      usual,
      ['Caddyfile:3: `client_auth`: who checks the certificates of clients'],
    ],
    [
      'caddy',
      site('tls {\n\t\tciphers TLS_RSA_WITH_AES_128_CBC_SHA\n\t\tdns cloudflare x\n\t}'),
      usual,
      ['Caddyfile:3: `ciphers` in `tls`', 'Caddyfile:4: `dns` in `tls`'],
    ],
    [
      'caddy',
      site('header /x Strict-Transport-Security "max-age=86400; includeSubDomains"'),
      { ...usual, hsts: [1, true, false] },
      [],
    ],
    [
      'caddy',
      site('header {\n\t\t?Strict-Transport-Security max-age=86400\n\t}'),
      { ...usual, hsts: [1, false, false] },
      [],
    ],
  ] as const)('%s: %s', (target, text, tls, unsaid) => {
    expect(imported(target, text)).toEqual({ http3: false, tls: [tls], unsaid });
  });

  it('HTTP/3', () => {
    expect(imported('nginx', server('listen 443 quic reuseport;')).http3).toBe(true);
    const options = '{\n\tservers {\n\t\tprotocols h1 h2 h3\n\t}\n}\n\n';
    expect(imported('caddy', site('encode gzip', options)).http3).toBe(true);
  });
});

/** What we write ourselves, read again. */
it.each(['nginx', 'caddy'] as const)('the handshakes that are written for %s come back', (target) => {
  const folder = join(import.meta.dirname, '../targets/handshakes, HSTS and client certificates');
  const written = join(folder, 'expected', target);
  const files = new Map(
    readdirSync(written, { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.conf$|Caddyfile$/.test(name))
      .map((name) => [name, readFileSync(join(written, name), 'utf8')]),
  );
  // The folder of the containers is not here.
  const entry = files.get(main[target])?.replace('/etc/edge/nginx/', '') ?? '';
  const { judged } = judgedAs(target, files.set(main[target], entry), main[target], newest[target]);
  const { topology } = analyse('topology.yaml', readFileSync(join(folder, 'topology.yaml')));
  const withoutFolders = (text: string): unknown => JSON.parse(text.replaceAll(/"[^"]*\/(ca\.pem)"/g, '"$1"'));
  const sites = (list: typeof judged.topology.sites): unknown =>
    withoutFolders(
      JSON.stringify(
        Object.fromEntries(
          list.map(({ id, tls }) => [
            id
              .replace(/^~.*example/, '*.example')
              .replaceAll('\\', '')
              .replace(/\$$/, ''),
            told(tls.value),
          ]),
        ),
      ),
    );
  expect(sites(judged.topology.sites)).toEqual(sites(topology?.sites ?? []));
  expect(judged.topology.edge.http3.value).toBe(true);
});
