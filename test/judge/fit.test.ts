import { describe, expect, it, test } from 'vitest';
import { fitFiles } from '../../src/judge/fit.ts';
import { judgedAs } from '../../src/judge/index.ts';
import { defaults } from '../../src/model/defaults.ts';
import { milliseconds } from '../../src/model/duration.ts';
import { parseVersion } from '../../src/model/version.ts';
import { withBudget } from '../../src/report/report.ts';
import { fittable } from './fittable.ts';

type Texts = Readonly<Record<string, string>>;

function fitted(target: 'caddy' | 'nginx', texts: Texts, budget: number) {
  const files = new Map(Object.entries(texts));
  const main = Object.keys(texts)[0] ?? '';
  const version = parseVersion(defaults.targets[target].version.value);
  const { judged } = judgedAs(target, files, main, version);
  const within = withBudget(judged.routes, milliseconds(budget), () => ({ source: main, path: '', part: 'value' }));
  return fitFiles({ target, files, main, version }, judged, within);
}

/** The lines that go and come, each with its file. */
function changed(before: Texts, after: ReadonlyMap<string, string>): string[] {
  return [...after].flatMap(([name, text]) => {
    const [old, fresh] = [(before[name] ?? '').split('\n'), text.split('\n')];
    let same = 0;
    while (old[same] !== undefined && old[same] === fresh[same]) same++;
    const [left, right] = [old.slice(same), fresh.slice(same)];
    while (left.length > 0 && left.at(-1) === right.at(-1)) {
      left.pop();
      right.pop();
    }
    return [...left.map((line) => `${name} -${line}`), ...right.map((line) => `${name} +${line}`)];
  });
}

const two = 'upstream web { server 10.0.0.1:80; server 10.0.0.2:80; }\n';
const connect = 'proxy_connect_timeout 1s;';

describe('what fits into hand-written nginx files', () => {
  const cases: readonly { name: string; texts: Texts; budget: number; lines: readonly string[] }[] = [
    {
      name: 'a value is changed where it stands',
      texts: {
        'nginx.conf': `events {}\nhttp {\n${two}  ${connect}\n  server {\n    location / {\n      proxy_pass http://web;\n      proxy_read_timeout 30s; # long\n    }\n  }\n}\n`,
      },
      budget: 12_000,
      lines: ['nginx.conf -      proxy_read_timeout 30s; # long', 'nginx.conf +      proxy_read_timeout 5s; # long'],
    },
    {
      name: 'a new line stands behind what the location says of proxies',
      texts: {
        'a.conf': `${two}server {\n\t${connect}\n\tlocation / {\n\t\tproxy_pass http://web; # all\n\t\tadd_header X y;\n\t}\n}\n`,
      },
      budget: 12_000,
      lines: ['a.conf +\t\tproxy_read_timeout 5s;'],
    },
    {
      name: 'in a block of one line it stands there, too',
      texts: { 'a.conf': `${two}server { ${connect} location / { proxy_pass http://web; } }\n` },
      budget: 12_000,
      lines: [
        `a.conf -server { ${connect} location / { proxy_pass http://web; } }`,
        `a.conf +server { ${connect} location / { proxy_pass http://web; proxy_read_timeout 5s; } }`,
      ],
    },
    {
      name: 'what all locations of a server need is written once, in the server',
      texts: {
        'a.conf': `${two}server {\n  listen 80;\n  ${connect}\n  location / { proxy_pass http://web; }\n  location /b/ { proxy_pass http://web; }\n}\n`,
      },
      budget: 12_000,
      lines: ['a.conf +  proxy_read_timeout 5s;'],
    },
    {
      name: 'what all servers need is written once, in http, and not above a fragment of it',
      texts: {
        'nginx.conf': `events {}\nhttp {\n  ${connect}\n  include conf.d/*.conf;\n${two}}\n`,
        'conf.d/a.conf': 'server { server_name a; location / { proxy_pass http://web; } }\n',
        'conf.d/b.conf': 'server { server_name b; location / { proxy_pass http://web; } }\n',
      },
      budget: 12_000,
      lines: ['nginx.conf +  proxy_read_timeout 5s;'],
    },
    {
      name: 'one location of several gets a value of its own',
      texts: {
        'nginx.conf': `events {}\nhttp {\n  ${connect}\n  proxy_read_timeout 20s;\n${two}  include b.conf;\n}\n`,
        'b.conf':
          'server {\n  location / {\n    proxy_pass http://web;\n  }\n  location /one/ {\n    proxy_pass http://10.0.0.1:80;\n  }\n}\n',
      },
      budget: 24_000,
      lines: ['b.conf +    proxy_read_timeout 11s;'],
    },
    {
      name: 'fewer of many attempts',
      texts: {
        'a.conf': `upstream web { server 10.0.0.1:80; server 10.0.0.2:80; server 10.0.0.3:80; }\nserver {\n  ${connect}\n  proxy_read_timeout 5s;\n  proxy_next_upstream_tries 3;\n  location / { proxy_pass http://web; }\n}\n`,
      },
      budget: 12_000,
      lines: ['a.conf -  proxy_next_upstream_tries 3;', 'a.conf +  proxy_next_upstream_tries 2;'],
    },
    {
      name: 'a request that another one comes before is within the budget with both',
      texts: {
        'a.conf': `server {\n  ${connect}\n  location / {\n    auth_request /auth;\n    proxy_pass http://10.0.0.1:80;\n  }\n  location = /auth {\n    internal;\n    proxy_pass http://10.0.0.9:80;\n  }\n}\n`,
      },
      budget: 12_000,
      lines: ['a.conf +  proxy_read_timeout 5s;'],
    },
    {
      name: 'an `if` takes no limits, so that they stand around it',
      texts: {
        'a.conf': `server {\n  ${connect}\n  location / {\n    if ($arg_x) {\n      proxy_pass http://10.0.0.1:80;\n    }\n    proxy_pass http://10.0.0.2:80;\n  }\n}\n`,
      },
      budget: 12_000,
      lines: ['a.conf +    proxy_read_timeout 11s;'],
    },
    {
      name: 'Windows line ends stay what they are',
      texts: {
        'a.conf': `server {\r\n  ${connect}\r\n  location / {\r\n    proxy_pass http://10.0.0.1:80;\r\n  }\r\n}\r\n`,
      },
      budget: 12_000,
      lines: ['a.conf +    proxy_read_timeout 11s;\r'],
    },
  ];
  it.each(cases.map((one) => [one.name, one] as const))('%s', (_, { texts, budget, lines }) => {
    const { texts: after, problems } = fitted('nginx', texts, budget);
    expect({ problems, lines: changed(texts, after) }).toEqual({ problems: [], lines });
  });

  test('a line that other routes include as well is left alone, and it is said', () => {
    const shared = `${connect} proxy_read_timeout 20s; proxy_next_upstream_tries 2; proxy_next_upstream_timeout 60s;\n`;
    const server = `server { location / { proxy_pass http://web; include p; } location /b/ { proxy_pass http://10.0.0.1:80; include p; } }\n`;
    const { texts, problems } = fitted('nginx', { 'a.conf': two + server, p: shared }, 24_000);
    expect(texts.size).toBe(0);
    expect(problems).toEqual([
      expect.stringMatching(/^`default\/`: `proxy_\w+` stands in a file that other routes include as well$/),
    ]);
  });
});

describe('what fits into a Caddyfile', () => {
  const site = (block: string): string => `:80 {\n\treverse_proxy 10.0.0.1:80 10.0.0.2:80${block}\n}\n`;
  const cases: readonly { name: string; texts: Texts; budget: number; lines: readonly string[] }[] = [
    {
      name: 'a proxy without a block gets one',
      texts: { Caddyfile: site(' # two of them') },
      budget: 12_000,
      lines: [
        'Caddyfile -\treverse_proxy 10.0.0.1:80 10.0.0.2:80 # two of them',
        'Caddyfile +\treverse_proxy 10.0.0.1:80 10.0.0.2:80 { # two of them',
        'Caddyfile +\t\ttransport http {',
        'Caddyfile +\t\t\tresponse_header_timeout 9s',
        'Caddyfile +\t\t}',
        'Caddyfile +\t}',
      ],
    },
    {
      name: 'a transport without a block, too',
      texts: { Caddyfile: site(' {\n\t\ttransport http\n\t}') },
      budget: 12_000,
      lines: [
        'Caddyfile -\t\ttransport http',
        'Caddyfile +\t\ttransport http {',
        'Caddyfile +\t\t\tresponse_header_timeout 9s',
        'Caddyfile +\t\t}',
      ],
    },
    {
      name: 'a limit that is there is changed, in the words of that file',
      texts: {
        Caddyfile:
          ':80 {\n  reverse_proxy 10.0.0.1:80 {\n    transport http {\n      dial_timeout 1s\n      response_header_timeout "30s"\n    }\n  }\n}\n',
      },
      budget: 12_000,
      lines: ['Caddyfile -      response_header_timeout "30s"', 'Caddyfile +      response_header_timeout 11s'],
    },
    {
      name: 'fewer attempts, as Caddy counts them: after the first',
      texts: {
        Caddyfile: site(
          ' {\n\t\tlb_retries 3\n\t\ttransport http {\n\t\t\tdial_timeout 1s\n\t\t\tresponse_header_timeout 4s\n\t\t}\n\t}',
        ),
      },
      budget: 11_000,
      lines: ['Caddyfile -\t\tlb_retries 3', 'Caddyfile +\t\tlb_retries 1'],
    },
    {
      name: 'what is imported is changed where it is written, for all who import it',
      texts: {
        Caddyfile:
          '(limits) {\n\ttransport http {\n\t\tdial_timeout 1s\n\t\tresponse_header_timeout 30s\n\t}\n}\na.test {\n\treverse_proxy 10.0.0.1:80 {\n\t\timport limits\n\t}\n}\nb.test {\n\treverse_proxy 10.0.0.2:80 {\n\t\timport limits\n\t}\n}\n',
      },
      budget: 12_000,
      lines: ['Caddyfile -\t\tresponse_header_timeout 30s', 'Caddyfile +\t\tresponse_header_timeout 11s'],
    },
    {
      name: 'those who are asked before and after are within the budget as well',
      texts: {
        Caddyfile:
          ':80 {\n\tforward_auth 10.0.0.9:80 {\n\t\turi /auth\n\t}\n\treverse_proxy 10.0.0.1:80 {\n\t\ttransport http {\n\t\t\tresponse_header_timeout 3s\n\t\t}\n\t}\n}\n',
      },
      budget: 12_000,
      lines: ['Caddyfile +\t\ttransport http {', 'Caddyfile +\t\t\tresponse_header_timeout 3s', 'Caddyfile +\t\t}'],
    },
  ];
  it.each(cases.map((one) => [one.name, one] as const))('%s', (_, { texts, budget, lines }) => {
    const { texts: after, problems } = fitted('caddy', texts, budget);
    expect({ problems, lines: changed(texts, after) }).toEqual({ problems: [], lines });
  });

  test.each([
    [
      'an argument',
      '(p) {\n\treverse_proxy 10.0.0.1:80 {\n\t\ttransport http {\n\t\t\tresponse_header_timeout {args[0]}\n\t\t}\n\t}\n}\n:80 {\n\timport p 30s\n}\n',
    ],
    [
      'a variable',
      ':80 {\n\treverse_proxy 10.0.0.1:80 {\n\t\ttransport http {\n\t\t\tresponse_header_timeout {$WAIT:30s}\n\t\t}\n\t}\n}\n',
    ],
  ])('a value that comes from %s is for a person to change', (_, text) => {
    const other = 'b.test {\n\treverse_proxy 10.0.0.2:80\n}\n';
    const { texts, problems } = fitted('caddy', { Caddyfile: text + other }, 12_000);
    expect(problems).toEqual(['`:80/`: the value of `response_header_timeout` comes from an argument or a variable']);
    // The other site gets what it needs.
    expect(texts.get('Caddyfile')).toContain('10.0.0.2:80 {');
  });
});

describe('of all files that are judged here', () => {
  it('those that fit are changed where it is needed, and nowhere else', () => {
    const counts = { patched: 0, refused: 0, left: 0, shared: 0 };
    for (const one of fittable) {
      const { target, files, main, version } = one;
      const { judged } = judgedAs(target, files, main, version);
      for (const budget of [12_000, 700]) {
        const within = withBudget(judged.routes, milliseconds(budget), () => ({
          source: main,
          path: '',
          part: 'value',
        }));
        const { texts, problems, routes } = fitFiles(one, judged, within);
        const changing = new Set(
          routes
            .filter(({ proposals: [first] }) => first)
            .map(({ report }) => report.id)
            .filter((id) => !problems.some((one) => one.startsWith(`\`${id}\``))),
        );
        if (problems.length > 0) counts.refused++;
        else if (texts.size === 0) counts.left++;
        else counts.patched++;
        if (texts.size === 0) continue;
        const after = judgedAs(target, new Map([...files, ...texts]), main, version).judged;
        for (const { id, targets } of judged.routes) {
          const now = after.routes.find((route) => route.id === id)?.targets[0]?.worst;
          const [is, was] = [now, targets[0]?.worst].map((worst) => worst ?? Number.POSITIVE_INFINITY);
          // A location that is another one's error page, or asked before it, is one text for both.
          expect(is, one.name).toBeLessThanOrEqual(changing.has(id) ? budget : (was as number));
          if (!changing.has(id) && is !== was) counts.shared++;
        }
      }
    }
    // Most are over such budgets; refused are those whose text is for others, too.

    expect(counts.patched).toBeGreaterThan(90);
    expect(counts.refused).toBeLessThan(counts.patched / 5);
    expect(counts.shared).toBeLessThan(5);
  });
});
