import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { judgeFiles } from '../../src/judge/index.ts';
import { caddy, newest, told, toldNginx } from '../judge/told.ts';

/** Where `test/proxies/configurations.sh` puts what packages bring. */
const cache = join(
  resolve(process.env.PROXYWRIGHT_PROXIES || join(import.meta.dirname, '../../.proxies')),
  'configurations',
);

const fetched = existsSync(join(cache, 'fetched'));
if (!fetched)
  process.stderr.write(
    '\n!!! TESTS SKIPPED: configurations of Debian packages; run: bash test/proxies/configurations.sh\n\n',
  );

/** Configurations by people who never thought of this program; those of nginx may be fragments. */
const files: readonly (readonly [package_: string, patterns: readonly RegExp[]])[] = [
  ['caddy', [/etc\/caddy\/Caddyfile$/]],
  ['fcgiwrap', [/examples\/nginx\.conf$/]],
  ['libnginx-mod-http-lua', [/modules-available\//]],
  ['libnginx-mod-http-modsecurity', [/modules-available\//, /etc\/nginx\/sites-available\//]],
  ['libnginx-mod-nchan', [/modules-available\//]],
  ['libnginx-mod-rtmp', [/modules-available\//]],
  ['mailman3-web', [/nginx\.conf$/]],
  ['nginx-common', [/etc\/nginx\//]],
  ['nginx-doc', [/examples\//]],
  ['python3-certbot-nginx', [/options-ssl-nginx.*\.conf$/]],
  ['radicale', [/examples\/nginx-radicale$/]],
  ['rss-bridge', [/examples\/nginx\.conf$/]],
  ['samizdat', [/examples\/nginx\//]],
  ['searx', [/examples\/nginx\//]],
  ['zabbix-frontend-php', [/examples\/nginx\.conf$/]],
  ['zoneminder', [/examples\/nginx\.conf$/]],
  // Of npm, templates among them.
  ['npm/generator-jhipster-docker', [/docker\/nginx\/_\w+\.conf$/]],
  ['npm/lando-drupal', [/recipes\/.*\/default\.conf\.tpl$/]],
  ['npm/lando-laravel', [/recipes\/.*\/default\.conf\.tpl$/]],
  ['npm/lando-nginx', [/^package\/config\/[\w-]+\.conf(?:\.tpl)?$/]],
  ['npm/lando-wordpress', [/^package\/config\/default\.conf\.tpl$/]],
  // Without one of 6 MB that repeats itself.
  ['npm/nginx-linter', [/test\/examples\/(?!big|includes).*\.conf$/]],
  ['npm/strong-nginx-controller', [/nginx\.conf$/]],
];

/** What is really wrong with some of them. */
const wrong: Readonly<Record<string, readonly string[]>> = {
  // A shell script among the examples.
  'nginx-doc nginx_modsite': [':43:39 unexpected "/"'],
  'nginx-doc virtual_hosts': [':142:2 nginx 1.30.6 does not know "ssl" any more'],
  'samizdat samizdat.conf': [':6:1 unexpected "}"'],
  // A template.
  'npm/generator-jhipster-docker _nginx.conf': [':40:16 "<%=" is no port'],
  // The image that it is copied into has the file.
  'npm/lando-nginx nginx.conf': [':13:19 the included file "mime.types" is not there'],
  'npm/lando-nginx nginx.conf.tpl': [':3:1 unexpected "{"'],
  'npm/nginx-linter if-is-evil.conf': [':56:28 "proxy_pass" cannot have a path here'],
  'npm/nginx-linter nested-includes.conf': [
    'package/test/examples/includes/four.conf:1:9 the included file "more/three.conf" is not there',
  ],
  'npm/nginx-linter strings.conf': [':11:20 "$mapped_response_code" is no status'],
};

function texts(folder: string): Record<string, string> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = entries
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) =>
      /\/(?:etc|examples|share\/nginx|tls_configs)\/|\/npm\/[\w-]+\/package\/(?!node_modules\/).*\.conf(?:\.tpl)?$/.test(
        path,
      ),
    );
  return Object.fromEntries(paths.map((path) => [relative(folder, path), readFileSync(path, 'utf8')]));
}

describe.runIf(fetched)('configurations that packages of Debian and npm bring', () => {
  const there = files.filter(([name]) => existsSync(join(cache, name)));

  it('are there', () => {
    expect(there.length).toBeGreaterThan(0);
  });

  it.each(there)('of %s are read', (name, patterns) => {
    const all = texts(join(cache, name));
    const paths = Object.keys(all).filter((path) => patterns.some((pattern) => pattern.test(path)));
    expect(paths).not.toEqual([]);
    for (const path of paths) {
      const expected = wrong[`${name} ${path.slice(path.lastIndexOf('/') + 1)}`] ?? [];
      const { diagnostics, sources } = caddy(all, newest.caddy, path);
      const lines = /Caddyfile$/.test(path)
        ? told(diagnostics, (file) => sources.get(file))
        : toldNginx(all, newest.nginx, path);
      expect([path, lines.map((line) => line.replace(path, ''))]).toEqual([path, expected]);
    }
  });

  it('are judged, and what is not understood in them is counted', () => {
    let routes = 0;
    let bounded = 0;
    const counts = new Map<string, number>();
    for (const [name, patterns] of there) {
      const all = texts(join(cache, name));
      for (const path of Object.keys(all).filter((one) => patterns.some((pattern) => pattern.test(one)))) {
        const target = /Caddyfile$/.test(path) ? 'caddy' : 'nginx';
        const judged = judgeFiles(target, new Map(Object.entries(all)), path, newest[target]);
        const asking = judged.routes.filter(({ targets }) => targets.length > 0);
        routes += asking.length;
        bounded += asking.filter(({ targets }) => targets.every(({ worst }) => worst !== null)).length;
        for (const { rule, message } of judged.files.flatMap(({ diagnostics }) => diagnostics)) {
          if (!/-(?:not-understood|not-measured|unresolved)$/.test(rule)) continue;
          counts.set(message, (counts.get(message) ?? 0) + 1);
        }
      }
    }
    const listed = [...counts].sort(([, a], [, b]) => b - a).map(([message, count]) => `  ${count} × ${message}`);
    process.stdout.write(
      `${bounded} of ${routes} routes that ask a server have a bound; not understood:\n${listed.join('\n')}\n`,
    );
    expect(routes).toBeGreaterThan(0);
    expect(bounded).toBeGreaterThan(0);
  });
});
