import type { Variable } from '../model/value.ts';
import type { Rule } from './rule.ts';

/** What nginx calls a variable, and the placeholder for it where there is one. */
const placeholders: Readonly<Record<string, Variable | undefined>> = {
  remote_addr: 'client_ip',
  realip_remote_addr: 'client_ip',
  host: 'host',
  http_host: 'host',
  server_name: 'host',
  request_uri: 'uri',
  uri: 'path',
  args: 'query',
  query_string: 'query',
  request_method: 'method',
  scheme: 'scheme',
  request_id: 'request_id',
  upstream_addr: 'server',
};

export const foreignVariable: Rule = {
  id: 'foreign-variable',
  severity: 'warning',
  summary: 'A variable of nginx in the value of a header',
  why: 'a dollar sign is nothing but a dollar sign on every target: the text is sent as it stands',
  help: 'write the placeholder, such as {client_ip}',
  examples: {
    fires: `version: 1
sites:
  a.example.com:
    upstream: [10.0.0.2:80, 10.0.0.3:80]
    headers: { request: { set: { X-Client: $remote_addr } } }
`,
    silent: `version: 1
sites:
  a.example.com:
    upstream: [10.0.0.2:80, 10.0.0.3:80]
    headers: { request: { set: { X-Client: "{client_ip}", X-Price: $host5 } } }
`,
  },
  *check({ topology: { sites } }) {
    const all = sites.flatMap((site) => [site, ...site.routes]).flatMap(({ headers }) => headers ?? []);
    const changes = new Map(
      all.flatMap(({ request, response }) => [...request, ...response]).map((one) => [one.given.at.path, one]),
    );
    for (const { name, given } of changes.values()) {
      const texts = given.value.filter((part) => typeof part === 'string').join(' ');
      for (const [written, bare, braced] of texts.matchAll(/\$(?:(\w+)|\{(\w+)\})/g)) {
        const meant = placeholders[bare ?? braced ?? ''];
        if (!meant) continue;
        yield {
          at: given.at,
          message: `\`${written}\` in \`${name}\` is sent as it stands`,
          help: `write {${meant}}`,
        };
        break;
      }
    }
  },
};
