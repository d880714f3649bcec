import { gunzipSync } from 'node:zlib';
import type { Fields } from '../proxies/raw.ts';
import type { TwinAnswer } from './ask.ts';
import { type Aspect, type Twin, type TwinRequest, twins } from './case.ts';
import type { Sight } from './server.ts';

/** What one program made of one request. */
export interface Outcome {
  readonly answer: TwinAnswer;
  /** In the order in which servers were asked. */
  readonly sights: readonly Sight[];
  /** Of eight requests, how many each server got. */
  readonly share?: string;
}

export type Outcomes = Readonly<Record<Twin, Outcome>>;

/** Of one connection, of one moment, or of one program and no other: `Server` is `nginx` there and `Caddy` here. */
const unlike = new Set(['date', 'server', 'connection', 'keep-alive', 'transfer-encoding']);

/** Aspect → value. What is not there has no aspect. */
function aspectsOf({ answer, sights, share }: Outcome): ReadonlyMap<Aspect, string> {
  const { status, interim, fields, body } = answer;
  if (share !== undefined) {
    return new Map([
      ['status', String(status)],
      ['share', share],
      ['line', [...new Set(sights.map(({ line }) => line))].join(' | ')],
    ]);
  }
  const aspects = new Map<Aspect, string>([
    ['status', String(status)],
    ['body', unpacked(fields, body)],
    // How many come before the answer is a question of moments.
    ...(interim.length > 0 ? [['interim', [...new Set(interim)].join(' ')] as const] : []),
  ]);
  const add = (aspect: Aspect, value: string): void => {
    const before = aspects.get(aspect);
    aspects.set(aspect, before === undefined ? value : `${before} | ${value}`);
  };
  for (const [name, value] of fields) if (!unlike.has(name.toLowerCase())) add(`header ${name.toLowerCase()}`, value);
  for (const { server, line, fields: seen, content } of sights) {
    add('server', server);
    add('line', line);
    add('content', content);
    for (const [name, value] of seen) if (name.toLowerCase() !== 'connection') add(`seen ${name.toLowerCase()}`, value);
  }
  return aspects;
}

/** Two programs that compress do not make the same bytes. */
function unpacked(fields: Fields, body: string): string {
  const encoding = fields.find(([name]) => name.toLowerCase() === 'content-encoding')?.[1];
  return encoding === 'gzip' && body !== '' ? gunzipSync(Buffer.from(body, 'latin1')).toString('latin1') : body;
}

/** What is not as it must be; empty: the four are twins. */
export function compare(request: TwinRequest, outcomes: Outcomes): string[] {
  const all = new Map(twins.map((twin) => [twin, aspectsOf(outcomes[twin])]));
  const value = (twin: Twin, aspect: Aspect): string | undefined => all.get(twin)?.get(aspect);
  const wrong: string[] = [];
  const tell = (aspect: Aspect, why: string): void => {
    const values = twins.map((twin) => `    ${twin}: ${shown(value(twin, aspect))}`);
    wrong.push([`  ${aspect}: ${why}`, ...values].join('\n'));
  };
  const { otherwise } = request;
  for (const twin of otherwise?.on ?? []) {
    for (const [aspect, expected] of expectations(otherwise)) {
      if (value(twin, aspect) !== expected) tell(aspect, `${twin} was to differ with ${shown(expected)}`);
    }
    if (otherwise?.status === request.status && otherwise.seen === request.seen)
      tell('status', `${twin} is like the others`);
  }
  const compared = twins.filter((twin) => !otherwise?.on.includes(twin));
  const expected = expectations(request);
  const named = request.differences ?? [];
  const aspects = new Set([
    ...compared.flatMap((twin) => [...(all.get(twin)?.keys() ?? [])]),
    ...expected.keys(),
    ...named.map(({ what }) => what),
  ]);
  for (const aspect of [...aspects].sort()) {
    const other = named.filter(({ what }) => what === aspect).flatMap(({ on }) => on);
    const alike = compared.filter((twin) => !other.includes(twin));
    const [first] = alike;
    const reference = expected.has(aspect) ? expected.get(aspect) : first && value(first, aspect);
    if (alike.some((twin) => value(twin, aspect) !== reference)) {
      tell(aspect, expected.has(aspect) ? `not ${shown(reference)} as expected` : 'not alike');
    }
    for (const twin of compared.filter((one) => other.includes(one) && value(one, aspect) === reference)) {
      tell(aspect, `${twin} does not differ any more`);
    }
  }
  return wrong;
}

function expectations(
  told: Pick<TwinRequest, 'status' | 'seen' | 'also' | 'share'> | undefined,
): ReadonlyMap<Aspect, string | undefined> {
  if (told === undefined) return new Map();
  const line = told.seen === undefined ? [] : [['line', told.seen ?? undefined] as const];
  const also = Object.entries(told.also ?? {}).map(([aspect, value]) => [aspect, value ?? undefined] as const);
  const share = told.share === undefined ? [] : [['share', told.share] as const];
  return new Map<Aspect, string | undefined>([['status', String(told.status)], ...line, ...share, ...also]);
}

function shown(value: string | undefined): string {
  return value === undefined ? 'none' : JSON.stringify(value.length > 300 ? `${value.slice(0, 300)}…` : value);
}
