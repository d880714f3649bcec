import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compile } from '../src/compile.ts';
import { proxyFolders } from './golden.ts';
import { type Directive, named, readNginx } from './properties/nginx-text.ts';
import { print, seed, topologies, valid } from './properties/topologies.ts';

/**
 * What public analysers of nginx look for (gixy and its successors, and the classes of mistakes behind them), over
 * everything that is compiled here: there must be nothing to find.
 */

/** Values that a client writes and nginx has decoded, or takes as they come. */
const decoded = /\$\{?(?:uri|document_uri|edge_decoded)\b/;
/** Where requests go, with the path as it came, with what a map of ours made of it, or with another one. */
const sent = /^\w+:\/\/(?:[^/$]+|\$edge_server)(?:(?:\/[^$]*)?(?:\$(?:request_uri|edge_\w+|is_args\$args))?)$/;
const outgoing = [
  'return',
  'add_header',
  'proxy_set_header',
  'grpc_set_header',
  'proxy_pass',
  'proxy_redirect',
  'proxy_cookie_domain',
];

function argument({ words }: Directive, index: number): string {
  return words[index] ?? '';
}

function own(block: readonly Directive[], name: string): Directive[] {
  return block.filter(({ words }) => words[0] === name);
}

/** Names of a list that a block replaces as a whole. */
function listed(block: readonly Directive[], name: string): string[] {
  return own(block, name).map((one) => argument(one, 1).toLowerCase());
}

function problems(text: string): string[] {
  const http = readNginx(text);
  const servers = named(http, 'server').filter(({ block }) => block !== undefined);
  const found: string[] = [];
  const tell = (what: string, { words }: Directive): void => {
    found.push(`${what}: ${words.join(' ')}`);
  };

  for (const header of [...named(http, 'proxy_set_header'), ...named(http, 'grpc_set_header')]) {
    const [, name = '', value = ''] = header.words;
    // Host spoofing: a request line with a whole URL chooses the site, and Host is what it likes.
    if (/\$\{?http_host/.test(value) && /^(?:host|x-forwarded-host)$/i.test(name))
      tell('the Host of a client is believed', header);
    // Smuggling by h2c: servers are asked for nothing but websockets.
    if (/^upgrade$/i.test(name) && !['$edge_upgrade', ''].includes(value)) tell('any upgrade passes', header);
    if (/^x-forwarded-for$/i.test(name) && value.includes('proxy_add_x_forwarded_for'))
      tell('a forged address passes', header);
  }
  for (const name of outgoing) {
    // Splitting of headers and lines: a decoded line break.
    for (const one of named(http, name))
      if (one.words.slice(1).some((word) => decoded.test(word))) tell('a decoded path goes out', one);
  }
  // Traversal out of an alias, and scripts in place of a setting.
  for (const location of named(http, 'location')) {
    // Of one file that the location is for there is no way out.
    if (location.words[1] !== '=')
      for (const one of own(location.block ?? [], 'alias')) tell('an alias of a folder', one);
  }
  for (const name of ['valid_referers', 'internal_redirect', 'disable_symlinks', 'perl_set'])
    for (const one of named(http, name)) tell('an alias of a folder', one);
  for (const one of named(http, 'if')) {
    const inside = (one.block ?? []).map(({ words }) => words[0] ?? '');
    if (inside.some((name) => name !== 'return' && name !== 'rewrite')) tell('`if` with more than a return', one);
  }
  const resolves = named(http, 'resolver').length > 0;
  // What is asked of an auth server is the same whatever a client asks for.
  const questions = named(http, 'location').filter(({ block = [] }) => own(block, 'internal').length > 0);
  const fixed = new Set(questions.flatMap(({ block = [] }) => own(block, 'proxy_pass')));
  for (const one of [...named(http, 'proxy_pass'), ...named(http, 'grpc_pass')]) {
    const target = argument(one, 1);
    const isFixed = fixed.has(one) && /:\/\/(?:\$edge_auth_server|[^/$]+)\/[^$]*$/.test(target);
    if (/:\/\/\$/.test(target)) {
      if (!resolves) tell('a variable without a resolver', one);
      if (!isFixed && (!/:\/\/\$edge_server/.test(target) || !sent.test(target)))
        tell('a request may choose the server', one);
    } else if (!isFixed && !sent.test(target)) tell('a path is put together', one);
  }
  if (!resolves && /^\s*server \S+.* resolve\b/m.test(text)) found.push('resolve without a resolver');

  for (const server of servers) {
    const block = server.block ?? [];
    const names = own(block, 'server_name').flatMap(({ words }) => words.slice(1));
    for (const name of names)
      if (name.startsWith('~') && !/^~\^.*\$$/.test(name)) tell('a name that is not anchored', server);
    const spots = named(block, 'location');
    for (const spot of spots) {
      const [, kind = '', pattern = ''] = spot.words;
      if (kind.startsWith('~') && !pattern.startsWith('^')) tell('a path that is not anchored', spot);
      // Inheritance: one header in a block, and those around it are gone.
      for (const list of ['add_header', 'proxy_set_header', 'grpc_set_header', 'proxy_hide_header']) {
        const [outer, inner] = [listed(block, list), listed(spot.block ?? [], list)];
        // What a route takes out on purpose is hidden there.
        const removed = listed(spot.block ?? [], 'proxy_hide_header');
        // What a site says of its servers is not for an auth server, which reads what the client wrote.
        if (list === 'proxy_set_header' && questions.includes(spot)) continue;
        if (inner.length > 0 && outer.some((name) => !inner.includes(name) && !removed.includes(name)))
          tell(`${list} of the server is lost`, spot);
      }
      if (named(spot.block ?? [], 'root').length > 0 && named(spot.block ?? [], 'proxy_pass').length > 0)
        tell('files beside a proxy', spot);
    }
    const asks = named(block, 'proxy_pass').length > 0;
    // A server that steers the proxy into files or past its limits.
    const ignores = named(block, 'proxy_ignore_headers').map((one) => argument(one, 1).toLowerCase());
    if (asks && !ignores.some((name) => name.startsWith('x-accel'))) tell('X-Accel headers are obeyed', server);
    if (own(block, 'listen').length > 0 && !own(block, 'server_tokens').some((one) => argument(one, 1) === 'off'))
      tell('the version is told', server);
    const old = own(block, 'ssl_protocols')
      .flatMap(({ words }) => words.slice(1))
      .filter((one) => !/^TLSv1\.[23]$/.test(one));
    if (old.length > 0) tell('old protocols', server);
    if (own(block, 'ssl_certificate').length > 0 && own(block, 'ssl_protocols').length === 0)
      tell('protocols are left to the release', server);
  }
  // Names that nobody has must not come to the first site of the port.
  const ports = new Map<string, boolean>();
  for (const { block = [] } of servers) {
    for (const { words } of own(block, 'listen')) {
      const port = /(\d+)$/.exec(words[1] ?? '')?.[1] ?? '';
      ports.set(port, (ports.get(port) ?? false) || words.includes('default_server'));
    }
  }
  for (const [port, isClosed] of ports) if (!isClosed) found.push(`port ${port} has no server for other names`);
  return [...new Set(found)];
}

const folder = join(import.meta.dirname, 'targets');
const goldens = readdirSync(folder).filter((name) => readdirSync(join(folder, name, 'expected')).includes('nginx'));

describe('analysers of nginx find nothing in', () => {
  it.each(goldens)('%s', (name) => {
    for (const one of proxyFolders(join(folder, name, 'expected'), 'nginx')) {
      const conf = join(one, 'conf.d');
      const text = readdirSync(conf).map((file) => readFileSync(join(conf, file), 'utf8'));
      expect(problems(text.join('\n'))).toEqual([]);
    }
  });

  it(`topologies at random, seed ${seed}`, () => {
    for (const sketch of fc.sample(topologies, { seed, numRuns: 25 })) {
      const text = print(sketch);
      const files = compile(valid(text, 'a topology'), { targets: ['nginx'] });
      const conf = files.filter(({ path }) => path.startsWith('nginx/conf.d/')).map((file) => file.text);
      expect([problems(conf.join('\n')), text]).toEqual([[], text]);
    }
  });
});

it('what they look for is found where it is', () => {
  const wrong = `
    server {
      listen 80;
      server_name ~a;
      add_header X-A a;
      location ~ /x {
        add_header X-B b;
        proxy_set_header Host $http_host;
        proxy_set_header Upgrade $http_upgrade;
        proxy_pass http://$host$uri;
      }
      location /i/ { alias /srv/; if ($a) { set $b c; } return 302 $uri; }
    }`;
  expect(problems(wrong).map((one) => one.split(':')[0])).toEqual(
    [
      'the Host of a client is believed',
      'any upgrade passes',
      'a decoded path goes out',
      'an alias of a folder',
      '`if` with more than a return',
      'a variable without a resolver',
      'a request may choose the server',
      'a name that is not anchored',
      'a path that is not anchored',
      'add_header of the server is lost',
      'X-Accel headers are obeyed',
      'the version is told',
      'port 80 has no server for other names',
    ].flatMap((one) => (one === 'a decoded path goes out' ? [one, one] : [one])),
  );
});
