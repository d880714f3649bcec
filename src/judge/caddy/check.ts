import type { Diagnostic } from '../../diagnostics/diagnostic.ts';
import { quoted } from '../../diagnostics/visible.ts';
import { atLeast, type Version } from '../../model/version.ts';
import { parseSiteAddress, type SiteAddress } from './address.ts';
import { mistakesOf } from './arguments.ts';
import { standardDirectives, standardOptions } from './directives.ts';
import { finding, type Related } from './finding.ts';
import type { Token } from './lexer.ts';
import type { CaddyBlock, CaddyTree } from './parse.ts';
import type { CaddyDirective } from './tree.ts';

export interface Checked {
  readonly diagnostics: readonly Diagnostic[];
  /** Directives and options that need a plugin, or that this release does not have. */
  readonly notUnderstood: readonly CaddyDirective[];
  /** The address of each key of a site, where it is one. */
  readonly addresses: ReadonlyMap<Token, SiteAddress>;
}

interface Ports {
  readonly http: string;
  readonly https: string;
}

interface Work {
  readonly tree: CaddyTree;
  readonly ports: Ports;
  readonly version: Version;
  readonly diagnostics: Diagnostic[];
  readonly notUnderstood: CaddyDirective[];
  readonly addresses: Map<Token, SiteAddress>;
  /** Where each address was first. */
  readonly sites: Map<string, { readonly block: CaddyBlock; readonly key: Token }>;
}

/** What Caddy refuses of the blocks themselves: their addresses, their order, and what may stand in them. */
export function check(tree: CaddyTree, version: Version): Checked {
  const work: Work = {
    tree,
    ports: portsOf(tree),
    version,
    diagnostics: [],
    notUnderstood: [],
    addresses: new Map(),
    sites: new Map(),
  };
  const directives = standardDirectives(version);
  const options = standardOptions(version);
  let first = true;
  for (const block of tree.blocks) {
    if (block.kind === 'snippet') continue;
    if (block.kind === 'options') checkOptions(block, { first, options, work });
    else if (block.kind === 'route') checkRoute(block, work);
    else checkSite(block, directives, work);
    first = false;
  }
  const { diagnostics, notUnderstood, addresses } = work;
  return { diagnostics, notUnderstood, addresses };
}

interface OptionsContext {
  readonly first: boolean;
  readonly options: ReadonlySet<string>;
  readonly work: Work;
}

function checkOptions({ directives }: CaddyBlock, { first, options, work }: OptionsContext): void {
  const [head] = directives;
  if (!first && head) {
    report(
      work,
      head.head,
      'a block without an address is for the global options, and must be the first',
      'move it to the top',
    );
  }
  for (const directive of directives) if (!options.has(directive.name)) work.notUnderstood.push(directive);
}

/** Caddy does not put imports in place in a named route. */
function checkRoute({ directives }: CaddyBlock, work: Work): void {
  for (const { name, head } of directives) {
    if (name === 'import')
      report(
        work,
        head,
        'a named route cannot import',
        'write the directives themselves, or import where it is invoked',
      );
  }
}

function checkSite(block: CaddyBlock, known: ReadonlySet<string>, work: Work): void {
  for (const key of block.keys) {
    if (known.has(key.text) && atLeast(work.version, '2.8')) {
      report(
        work,
        key,
        `${quoted(key.text)} is a directive, and stands where an address should`,
        'write an address first, and the directive into its block',
      );
    } else if (key.text === '{}') {
      report(
        work,
        key,
        '`{}` is no empty block, but taken for an address',
        'put `{` at the end of the line, and `}` on the next',
      );
    } else if (/^&?\(/.test(key.text)) {
      const help = 'a snippet or named route has its name alone before the `{`';
      report(work, key, `${quoted(key.text)} is taken for an address`, help);
    } else {
      checkAddress(key, work);
      checkUnique(key, block, work);
    }
  }
  for (const { at, message, help } of mistakesOf(block.directives, work.version)) report(work, at, message, help);
  for (const directive of block.directives) {
    const { name, head } = directive;
    if (name.startsWith('@') || known.has(name)) continue;
    // Plugins have plain words; whatever an environment variable stands for is not known.
    if (!/^\w[\w-]*$/.test(name) && !name.includes('{$')) {
      const help = block.braces
        ? 'if it is a site, the block of the one before it is not closed'
        : 'if it is a second site, put the directives of each site in braces';
      report(work, head, `${quoted(name)} is no directive`, help);
    } else work.notUnderstood.push(directive);
  }
}

const schemes = ['', 'http', 'https'];

function checkAddress(key: Token, work: Work): void {
  const read = parseSiteAddress(key.text);
  if (!read.ok) {
    report(work, key, read.message, read.help);
    return;
  }
  const { scheme, port } = read.address;
  work.addresses.set(key, read.address);
  if (!schemes.includes(scheme) && !scheme.includes('{') && atLeast(work.version, '2.7.5')) {
    const help =
      scheme === 'ws' || scheme === 'wss' ? `use ${scheme.replace('ws', 'http')}://` : 'use http:// or https://';
    report(work, key, `a site cannot have the scheme ${quoted(scheme)}`, help);
  } else if (clash(read.address, work.ports)) {
    report(
      work,
      key,
      `${quoted(key.text)} has a scheme and a port that contradict each other`,
      `leave out the scheme, or the port ${port}`,
    );
  }
}

/** Two sites may share an address only where `bind` keeps them apart. */
function checkUnique(key: Token, block: CaddyBlock, work: Work): void {
  const before = work.sites.get(key.text);
  if (!before) {
    if (!block.directives.some(({ name }) => name === 'bind')) work.sites.set(key.text, { block, key });
  } else if (before.block !== block && !block.directives.some(({ name }) => name === 'bind')) {
    const first = { at: before.key, message: 'it is here first' };
    report(work, key, `two sites have the address ${quoted(key.text)}`, 'put both into one block', [first]);
  }
}

/** The ports of the options `http_port` and `https_port`. */
function portsOf({ blocks }: CaddyTree): Ports {
  const block = blocks.find(({ kind }) => kind === 'options');
  const option = (name: string, otherwise: string) =>
    block?.directives.findLast((directive) => directive.name === name)?.args[0]?.text ?? otherwise;
  return { http: option('http_port', '80'), https: option('https_port', '443') };
}

function clash({ scheme, port }: SiteAddress, { http, https }: Ports): boolean {
  return (scheme === 'http' && port === https) || (scheme === 'https' && port === http);
}

function report({ tree, diagnostics }: Work, at: Token, message: string, help: string, more: Related = []): void {
  const why = 'Caddy does not start with it';
  diagnostics.push(finding(tree.sources, { rule: 'caddy-value', at, message, why, help, more }));
}
