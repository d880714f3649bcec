import { quoted } from '../../diagnostics/visible.ts';
import type { At } from './finding.ts';
import {
  type Condition,
  conditionOf,
  covers,
  everything,
  type Named,
  namedMatchers,
  overlap,
  takesAll,
} from './matchers.ts';
import type { Notes } from './notes.ts';
import { sorted } from './order.ts';
import type { CaddyBlock } from './parse.ts';
import type { CaddyDirective } from './tree.ts';

/** Somebody else who is asked for the same request, or something that is not understood. */
export interface Hop {
  readonly name: string;
  readonly condition: Condition;
  readonly at: At;
  /** Absent: not understood, and `because` says what. */
  readonly proxy?: CaddyDirective;
  readonly because?: string;
  /** Those that are asked once it has answered. */
  readonly after: readonly Hop[];
}

/** A limit on the way to a handler, from outside in. */
export interface Step {
  readonly condition: Condition;
  /** What `handle_path` takes off the path. */
  readonly strip?: string;
}

/** A handler that answers, with all that a request meets on the way to it. */
export interface Answer {
  readonly directive: CaddyDirective;
  readonly kind: 'proxy' | 'own' | 'unknown';
  readonly trail: readonly Step[];
  readonly before: readonly Hop[];
  readonly after: readonly Hop[];
  /** `encode` holds the header back until there is some of the body. */
  readonly encoded: boolean;
}

export interface Walked {
  readonly answers: readonly Answer[];
  /** Every request is answered. */
  readonly closed: boolean;
  /** What those meet that are not. */
  readonly leaving: readonly Hop[];
}

interface Scope {
  readonly named: Named;
  readonly trail: readonly Step[];
  readonly before: readonly Hop[];
  readonly encoded: boolean;
}

interface Work {
  readonly notes: Notes;
  readonly order: readonly string[];
  readonly routes: ReadonlyMap<string, CaddyBlock>;
  /** Named routes that are being read. */
  readonly invoked: ReadonlySet<string>;
}

/** Handlers that neither wait nor answer, and what is no handler. */
const harmless = new Set(
  `tracing map vars fs root log_append skip_log log_skip log_name header copy_response_headers request_body timeouts method
  rewrite uri try_files basicauth basic_auth request_header encode push bind tls log handle_errors`.split(/\s+/),
);
const answering = new Set('redir abort error copy_response respond metrics file_server acme_server'.split(' '));
const rewriting = new Set(['rewrite', 'uri', 'try_files', 'method']);

/** The handlers of a block in the order in which Caddy asks them; of a `route` as they are written. */
export function walkBlock(
  directives: readonly CaddyDirective[],
  work: Omit<Work, 'invoked'>,
  trail: readonly Step[] = [],
): Walked {
  const scope: Scope = { named: new Map(), trail, before: [], encoded: false };
  return walk(directives, scope, { ...work, invoked: new Set() }, false);
}

interface State {
  hops: Hop[];
  readonly answers: Answer[];
  /** Requests of these are answered. */
  readonly ended: Condition[];
  readonly endedByHandles: Condition[];
  /** Requests of these have had their `handle`, and go on. */
  readonly handled: Condition[];
  /** What they met there. */
  readonly met: Hop[];
}

function walk(directives: readonly CaddyDirective[], scope: Scope, work: Work, asWritten: boolean): Walked {
  const named = namedMatchers(directives, scope.named, work.notes);
  const list = directives
    .filter(({ name }) => !name.startsWith('@'))
    .map((directive) => ({ directive, ...conditionOf(directive, named, work.notes) }));
  // Whoever changes the path may bring about any other.
  const rewritten = list.some(({ directive: { name } }) => rewriting.has(name));
  const takes = rewritten ? takesAll : covers;
  const state: State = { hops: [], answers: [], ended: [], endedByHandles: [], handled: [], met: [] };
  const encoded = scope.encoded || list.some(({ directive: { name } }) => name === 'encode');
  for (const one of asWritten ? list : sorted(list, work.order)) {
    const { directive, condition } = one;
    if (harmless.has(directive.name)) continue;
    const handle = directive.name === 'handle' || directive.name === 'handle_path';
    const blockers = handle ? [...state.ended, ...state.endedByHandles, ...state.handled] : blockersOf(state);
    if (blockers.some((other) => takes(other, condition))) {
      if (asks(directive)) unreachable(directive, work);
      continue;
    }
    const hops = handle ? state.hops : [...state.hops, ...state.met];
    const met = rewritten ? hops : hops.filter((hop) => overlap(hop.condition, condition));
    const inner: Scope = { named, trail: scope.trail, before: [...scope.before, ...met], encoded };
    const ends = state.ended.length;
    visit(one, inner, work, state);
    // Who met these has been answered.
    for (const end of state.ended.slice(ends)) state.hops = state.hops.filter((hop) => !takes(end, hop.condition));
  }
  return { answers: state.answers, closed: blockersOf(state).some(takesAll), leaving: [...state.hops, ...state.met] };
}

/** A request that its `handle` did not answer goes on, whatever the other handles are for. */
function blockersOf({ ended, endedByHandles, handled }: State): readonly Condition[] {
  return handled.length > 0 ? ended : [...ended, ...endedByHandles];
}

interface Visited {
  readonly directive: CaddyDirective;
  readonly condition: Condition;
  readonly args: CaddyDirective['args'];
}

function visit({ directive, condition, args }: Visited, scope: Scope, work: Work, state: State): void {
  const { name, block = [] } = directive;
  const step: Step = { condition };
  const inside: Scope = { ...scope, trail: [...scope.trail, step] };
  const answer = (kind: Answer['kind'], after: readonly Hop[] = []): void => {
    const { trail, before, encoded } = inside;
    state.answers.push({ directive, kind, trail, before, after, encoded });
  };
  switch (name) {
    case 'handle':
    case 'handle_path': {
      const walked = walk(block, { ...inside, trail: [...scope.trail, stripping(directive, step)] }, work, false);
      state.answers.push(...walked.answers);
      if (walked.closed) state.endedByHandles.push(condition);
      else {
        state.handled.push(condition);
        state.met.push(...limited(walked.leaving, condition));
      }
      break;
    }
    case 'route':
      through(walk(block, inside, work, true), condition, state);
      break;
    case 'invoke':
      through(invoke(directive, args[0]?.text ?? '', inside, work), condition, state);
      break;
    case 'forward_auth':
      state.hops.push({ name: 'forward_auth', condition, at: directive.head, proxy: directive, after: [] });
      break;
    case 'intercept':
      state.hops.push(...limited(responses(block, inside, work).hops, condition));
      break;
    case 'reverse_proxy': {
      const { hops, closed } = responses(block, inside, work);
      answer('proxy', hops);
      if (closed) state.ended.push(condition);
      else state.hops.push({ name: 'reverse_proxy', condition, at: directive.head, proxy: directive, after: hops });
      break;
    }
    case 'php_fastcgi':
      puzzled(work.notes, directive, 'how long php_fastcgi waits has not been measured');
      answer('unknown');
      state.ended.push(condition);
      break;
    case 'file_server':
      answer('own');
      if (!block.some((one) => one.name === 'pass_thru')) state.ended.push(condition);
      break;
    default:
      if (answering.has(name)) {
        answer('own');
        state.ended.push(condition);
      } else {
        const hop = unknownHop(directive, condition, work.notes);
        // Many of a kind are as unknown as one.
        if (!state.hops.some((other) => other.because === hop.because && takesAll(other.condition)))
          state.hops.push(hop);
      }
  }
}

function through(walked: Walked, condition: Condition, state: State): void {
  state.answers.push(...walked.answers);
  if (walked.closed) state.ended.push(condition);
  else state.hops.push(...limited(walked.leaving, condition));
}

function limited(hops: readonly Hop[], condition: Condition): Hop[] {
  return takesAll(condition) ? [...hops] : hops.map((hop) => ({ ...hop, condition }));
}

function stripping({ name }: CaddyDirective, step: Step): Step {
  const text = step.condition.paths?.[0]?.text;
  return name === 'handle_path' && text !== undefined ? { ...step, strip: text.replace(/\/?\*$/, '') } : step;
}

function invoke(directive: CaddyDirective, name: string, scope: Scope, work: Work): Walked {
  const route = work.routes.get(name);
  if (!route || work.invoked.has(name)) {
    const because = `there is no named route ${quoted(name)}`;
    return {
      answers: [],
      closed: false,
      leaving: [{ ...puzzled(work.notes, directive, because), condition: everything }],
    };
  }
  return walk(route.directives, scope, { ...work, invoked: new Set([...work.invoked, name]) }, false);
}

/** Those who are asked in blocks of `handle_response`, and whether these always answer; without any the server does. */
function responses(block: readonly CaddyDirective[], scope: Scope, work: Work): { hops: Hop[]; closed: boolean } {
  const walked = block
    .filter(({ name }) => name === 'handle_response')
    .map((one) => walk(one.block ?? [], { ...scope, named: new Map(scope.named), before: [] }, work, false));
  const hops = walked.flatMap(({ answers, leaving }) => [
    ...leaving,
    ...answers.flatMap(({ directive, kind, before, after }): Hop[] => [
      ...before,
      ...(kind === 'own' ? [] : [hopOf(directive, kind, after)]),
    ]),
  ]);
  return { hops, closed: walked.every(({ closed }) => closed) };
}

function hopOf(directive: CaddyDirective, kind: Answer['kind'], after: readonly Hop[]): Hop {
  const { name, head } = directive;
  const shared = { name, condition: everything, at: head, after };
  return kind === 'proxy'
    ? { ...shared, proxy: directive }
    : { ...shared, because: `how long ${name} waits is not known` };
}

/** The answer of a handler as a hop, where something else is in front of it. */
export function asHop({ directive, kind, after }: Answer): Hop {
  return hopOf(directive, kind, after);
}

function unknownHop(directive: CaddyDirective, condition: Condition, notes: Notes): Hop {
  const { name } = directive;
  const because = name.includes('{$')
    ? `what ${quoted(name)} brings is not known`
    : name === 'templates'
      ? 'templates may ask the site again'
      : `${quoted(name)} is no directive of Caddy’s own: it may wait, or answer itself`;
  return { ...puzzled(notes, directive, because), condition };
}

function puzzled(notes: Notes, { name, head }: CaddyDirective, because: string): Hop {
  notes.tell('info', name.includes('{$') ? 'caddy-unresolved' : 'caddy-not-understood', head, {
    message: because,
    why: 'how long the requests wait that come to it is not known',
    help: 'the bounds of these routes say so, too',
  });
  return { name: visibleName(name), condition: everything, at: head, because, after: [] };
}

function visibleName(name: string): string {
  return name.length > 40 ? `${name.slice(0, 40)}…` : name;
}

function asks({ name, block = [] }: CaddyDirective): boolean {
  return name === 'reverse_proxy' || name === 'php_fastcgi' || block.some(asks);
}

function unreachable({ name, head }: CaddyDirective, { notes }: Work): void {
  notes.tell('warning', 'caddy-unreachable', head, {
    message: `no request ever comes to this ${quoted(name)}`,
    why: 'something that Caddy puts before it answers all that it is for, in whatever order they are written',
    help: 'give both a matcher, or put them into a `route` block, which keeps the order that is written',
  });
}
