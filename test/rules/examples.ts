import { type Document, isMap, isPair, isScalar, parse, parseDocument, stringify, visit } from 'yaml';

/** Another way to write the same, or to add what changes nothing: a finding must survive it. */
export const mutations: Readonly<Record<string, (text: string) => string>> = {
  'other names': renamed,
  'one harmless site more': (text) => edited(text, (document) => document.setIn(['sites', 'z.internal'], harmless())),
  'keys in another order': (text) => edited(text, reverseKeys),
  'deeper indentation': (text) => stringify(parse(text), { indent: 7, collectionStyle: 'block', lineWidth: 0 }),
  'flow style': (text) => stringify(parse(text), { collectionStyle: 'flow', lineWidth: 0 }),
  comments: (text) => text.replace(/\n(?=\S)/g, ' # a comment\n\n# another one\n'),
};

/** Back to the names of the example, in a message. */
export function originalNames(text: string): string {
  return text.replaceAll('renamed.example.org', 'a.example.com').replaceAll('other-', '');
}

function harmless() {
  const upstream = { servers: ['10.0.9.2:80', '10.0.9.3:80'], health: { active: '/healthz' } };
  return { upstream, tls: 'internal' };
}

function edited(text: string, edit: (document: Document) => void): string {
  const document = parseDocument(text);
  edit(document);
  return document.toString({ lineWidth: 0 });
}

function reverseKeys(document: Document): void {
  visit(document, {
    Map: (_key, map) => {
      map.items.reverse();
    },
  });
}

/** Sites, pools, machines and services get other names, wherever they are used. */
function renamed(text: string): string {
  const document = parseDocument(text);
  const names = new Set(
    ['upstreams', 'machines', 'services'].flatMap((section) => {
      const map = document.get(section);
      return isMap(map) ? map.items.flatMap(({ key }) => (isScalar(key) ? [String(key.value)] : [])) : [];
    }),
  );
  visit(document, {
    Scalar: (_key, scalar, ancestors) => {
      const parent = ancestors.at(-1);
      const isKey = isPair(parent) && parent.key === scalar;
      const [, name = '', port = ''] = /^([^:]*)(:\d+)?$/.exec(String(scalar.value)) ?? [];
      if (name === 'a.example.com') scalar.value = `renamed.example.org${port}`;
      else if (names.has(name) && (!isKey || ancestors.length === 5)) scalar.value = `other-${name}${port}`;
    },
  });
  return document.toString({ lineWidth: 0 });
}
