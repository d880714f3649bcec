import type { Place } from '../diagnostics/diagnostic.ts';
import { get, type Node } from '../source/node.ts';
import { type Findings, type Layer, text } from './reader.ts';
import type { Given, Topology } from './topology.ts';
import { type Value, value } from './value.ts';

/** One header, replaced, added beside what is there, or removed (then the value is empty). */
export interface HeaderChange {
  readonly kind: 'set' | 'add' | 'remove';
  readonly name: string;
  readonly given: Given<Value>;
}

/** What is changed on the way to the server and on the way back; each name once. */
export interface Headers {
  readonly request: readonly HeaderChange[];
  readonly response: readonly HeaderChange[];
}

type Direction = keyof Headers;
const kinds = ['set', 'add', 'remove'] as const;

/** The changes of all layers, nearest first: who says something of a name decides about it alone. */
export function headers(layers: readonly Layer[], found: Findings): Headers | undefined {
  const merged = (direction: Direction): HeaderChange[] => {
    const taken = new Set<string>();
    const all = layers.flatMap(({ node, origin }) => {
      const own = changes(get(get(node, 'headers'), direction), direction, origin, found);
      const free = own.filter(({ name }) => !taken.has(name.toLowerCase()));
      for (const { name } of free) taken.add(name.toLowerCase());
      return free;
    });
    // The order in which keys are written means nothing.
    return all.sort((a, b) => (a.name.toLowerCase() < b.name.toLowerCase() ? -1 : 1));
  };
  const both = { request: merged('request'), response: merged('response') };
  return both.request.length + both.response.length > 0 ? both : undefined;
}

function changes(
  node: Node | undefined,
  direction: Direction,
  origin: Layer['origin'],
  found: Findings,
): HeaderChange[] {
  const seen = new Map<string, Place>();
  return kinds.flatMap((kind) =>
    namesOf(get(node, kind)).flatMap(({ name, at, written }): HeaderChange[] => {
      const wrong = refusedHeader(name, direction, kind);
      const before = seen.get(name.toLowerCase());
      seen.set(name.toLowerCase(), at);
      if (wrong) found.add('error', 'reference-header', at, wrong.message, { help: wrong.help });
      else if (before) {
        found.add('error', 'reference-duplicate', at, `\`${name}\` is written twice`, {
          why: 'names of headers are the same in upper and lower case, and one thing can be done with each',
          help: 'keep one of the two',
          related: [{ place: before, message: 'the other one' }],
        });
      }
      const parts = kind === 'remove' ? [] : written && value(found, { server: direction === 'response' })(written);
      if (wrong || before || !parts) return [];
      return [{ kind, name, given: { value: parts, at, origin } }];
    }),
  );
}

function namesOf(node: Node | undefined): { readonly name: string; readonly at: Place; readonly written?: Node }[] {
  if (node?.kind === 'mapping') {
    return [...node.entries].map(([name, { value: written }]) => ({ name, at: written.at, written }));
  }
  if (node?.kind !== 'sequence') return [];
  return node.items.flatMap((item) => {
    const name = text(item);
    return name === undefined ? [] : [{ name, at: item.at }];
  });
}

const carriers =
  'connection keep-alive proxy-connection transfer-encoding content-length te trailer upgrade http2-settings expect'.split(
    ' ',
  );
const forwarded = ['x-forwarded-for', 'x-forwarded-proto', 'x-forwarded-host', 'x-real-ip'];
const ofBody = ['content-type', 'content-encoding', 'content-range', 'date'];

/** Headers that something else says already, or that are not the edge's to change. */
export function refusedHeader(
  written: string,
  direction: Direction,
  kind: HeaderChange['kind'],
): { readonly message: string; readonly help: string } | undefined {
  const name = written.toLowerCase();
  const refuse = (message: string, help: string) => ({ message, help });
  if (carriers.includes(name)) {
    return refuse(`\`${written}\` carries the message from one hop to the next`, 'leave it to the proxy');
  }
  if (direction === 'request') {
    if (name === 'host') return refuse('`Host` is said by the pool', 'write `host_header` there');
    if (forwarded.includes(name)) {
      return refuse(
        `\`${written}\` is always sent, so that no client can write it`,
        'say in `edge.trusted_proxies` whose is believed; choose another name for something else',
      );
    }
    if (name === 'x-client-subject') {
      return refuse(`\`${written}\` names the certificate of the client`, 'choose another name');
    }
    if (name === 'cookie' && kind === 'add') {
      return refuse('a server reads one `Cookie` only', 'choose another name');
    }
    return undefined;
  }
  if (ofBody.includes(name)) return refuse(`\`${written}\` belongs to the body`, 'let the server say it');
  if (name === 'server' && kind !== 'remove') {
    return refuse('nginx sends a `Server` of its own beside any other', 'choose another name, or remove it');
  }
  if (name === 'alt-svc') return refuse('`Alt-Svc` tells of HTTP/3', 'write `edge.http3`');
  return undefined;
}

/** A header that another word of the topology says as well. */
export function headersSaidTwice({ edge, sites }: Topology, found: Findings): void {
  const debug = edge.debug_header;
  for (const site of sites) {
    const tls = site.tls.value;
    const words = [
      ...(debug ? [{ name: debug.value, word: 'debug_header', at: debug.at }] : []),
      ...(tls.mode !== 'none' && tls.hsts
        ? [{ name: 'Strict-Transport-Security', word: 'hsts', at: tls.hsts.at }]
        : []),
    ];
    for (const { headers: own } of [site, ...site.routes]) {
      for (const { name, given } of own?.response ?? []) {
        const other = words.find((word) => word.name.toLowerCase() === name.toLowerCase());
        if (!other) continue;
        found.add('error', 'reference-header', given.at, `\`${other.word}\` says \`${name}\` already`, {
          help: 'keep one of the two',
          related: [{ place: other.at, message: `\`${other.word}\`` }],
        });
      }
    }
  }
}
