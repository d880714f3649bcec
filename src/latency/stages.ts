import type { Place } from '../diagnostics/diagnostic.ts';
import type { Bounds, FaultRow } from './bounds.ts';
import { evaluate, labelled, sum, type Term, unbounded } from './term.ts';

/** Something else that is asked for the same request: before it (authentication) or when it failed (an error page). */
export interface Stage {
  /** `auth_request /auth` */
  readonly name: string;
  readonly bounds: Bounds;
}

/** One request that waits for its own servers and for others, one after the other. The rows stay those of its own. */
export function inSequence(own: Bounds, stages: readonly Stage[]): Bounds {
  if (stages.length === 0) return own;
  const names = stages.map(({ name }) => name).join(', ');
  const { clientFirstByte: first } = own;
  return {
    ...own,
    headline: sum(own.headline, ...stages.map(({ bounds }) => bounds.headline)),
    staleReuse: {
      ...own.staleReuse,
      wait: sum(own.staleReuse.wait, ...stages.map(({ bounds }) => bounds.staleReuse.wait)),
      resends: stages.reduce((total, { bounds }) => total + bounds.staleReuse.resends, own.staleReuse.resends),
    },
    clientFirstByte: first.wait
      ? { ...first, wait: sum(first.wait, ...stages.map(({ bounds }) => bounds.headline)) }
      : first,
    assumptions: [
      ...new Set([
        ...own.assumptions,
        ...stages.flatMap(({ bounds }) => bounds.assumptions),
        `the worst wait includes ${names}; the rows of the faults are those of the route’s own servers`,
      ]),
    ],
  };
}

/** The same, where somebody else is asked first: in the order of time, and with waits that are told apart by a label. */
export function preceded(own: Bounds, { name, bounds }: Stage, label: string): Bounds {
  const before = { ...bounds, ...labelledWaits(bounds, label) };
  const both = inSequence(own, [{ name, bounds: before }]);
  return {
    ...both,
    headline: sum(before.headline, own.headline),
    staleReuse: { ...both.staleReuse, wait: sum(before.staleReuse.wait, own.staleReuse.wait) },
  };
}

/** The same, where nobody else is asked: the edge answers when that is done. */
export function alone({ name, bounds }: Stage, label: string): Bounds {
  const waits = labelledWaits(bounds, label);
  return {
    ...bounds,
    ...waits,
    clientFirstByte: { wait: waits.headline, because: 'the edge answers as soon as it may' },
    assumptions: [...bounds.assumptions, `the wait is that of ${name}: the edge answers at once when it may`],
  };
}

/** The same, where servers are asked for the page of its errors; `late`: of those that come once the own servers failed. */
export function followed(
  own: Bounds | undefined,
  { name, bounds }: Stage,
  { late }: { readonly late: boolean },
): Bounds {
  const page: Stage = { name, bounds: { ...bounds, ...labelledWaits(bounds, 'page') } };
  if (!own) {
    const { assumptions } = bounds;
    return {
      ...page.bounds,
      assumptions: [...assumptions, `the wait is that of ${name}: what is no error is answered at once`],
    };
  }
  return late ? inPlaceOf(own, page) : eitherOf([{ name: 'the route’s own servers', bounds: own }, page]);
}

function labelledWaits({ headline, staleReuse }: Bounds, label: string): Pick<Bounds, 'headline' | 'staleReuse'> {
  return { headline: labelled(headline, label), staleReuse: { ...staleReuse, wait: labelled(staleReuse.wait, label) } };
}

/** The same, where the last one answers the client in place of the servers: what it holds back is held back. */
export function inPlaceOf(own: Bounds, page: Stage): Bounds {
  const both = inSequence(own, [page]);
  const asked = own.amplification === undefined || page.bounds.amplification === undefined;
  const { amplification, ...rest } = both;
  return {
    ...rest,
    ...(page.bounds.clientFirstByte.wait ? {} : { clientFirstByte: page.bounds.clientFirstByte }),
    ...(asked || amplification === undefined
      ? {}
      : { amplification: amplification + (page.bounds.amplification ?? 0) }),
  };
}

/** One request takes one of several ways, and nobody knows which: the worst of them counts. */
export function eitherOf(ways: readonly [Stage, ...Stage[]]): Bounds {
  const [first, ...others] = ways;
  if (others.length === 0) return first.bounds;
  const all = ways.map(({ bounds }) => bounds);
  const worst = ways.reduce((one, other) =>
    evaluate(other.bounds.headline) > evaluate(one.bounds.headline) ? other : one,
  );
  const held = all.find(({ clientFirstByte }) => !clientFirstByte.wait);
  const counts = all.flatMap(({ amplification }) => amplification ?? []);
  const { amplification: _, ...rest } = worst.bounds;
  return {
    ...rest,
    rows: worstRows(all),
    staleReuse: largest(all, ({ staleReuse }) => staleReuse.wait).staleReuse,
    clientFirstByte: (held ?? largest(all, ({ clientFirstByte, headline }) => clientFirstByte.wait ?? headline))
      .clientFirstByte,
    bodyBounded: all.every(({ bodyBounded }) => bodyBounded),
    ...(counts.length === all.length ? { amplification: Math.max(...counts) } : {}),
    assumptions: [
      ...new Set([
        ...all.flatMap(({ assumptions }) => assumptions),
        `a request takes one of ${ways.length} ways, and the worst counts: ${worst.name}`,
      ]),
    ],
  };
}

/** The same without a bound, because of what is in the way; what is known stays beside it. */
export function hindered(own: Bounds, reasons: readonly Term[]): Bounds {
  if (reasons.length === 0) return own;
  const { clientFirstByte: first, staleReuse } = own;
  return {
    ...own,
    headline: sum(own.headline, ...reasons),
    staleReuse: { ...staleReuse, wait: sum(staleReuse.wait, ...reasons) },
    clientFirstByte: first.wait ? { ...first, wait: sum(first.wait, ...reasons) } : first,
  };
}

/** What nothing is known of: no bound, and why. */
export function unknownBounds(name: string, because: string, at?: Place): Bounds {
  const wait = unbounded(name, because, at);
  return {
    headline: wait,
    rows: [],
    staleReuse: { wait, resends: 0, condition: because },
    clientFirstByte: { because },
    bodyBounded: false,
    failWindow: [],
    assumptions: [],
  };
}

function largest(all: readonly Bounds[], termOf: (bounds: Bounds) => Term): Bounds {
  return all.reduce((one, other) => (evaluate(termOf(other)) > evaluate(termOf(one)) ? other : one));
}

/** Of rows of the same fault the longest. */
function worstRows(all: readonly Bounds[]): FaultRow[] {
  const rows = new Map<string, FaultRow>();
  for (const row of all.flatMap((bounds) => bounds.rows)) {
    const key = `${row.fault} ${row.failing} ${row.method}`;
    const before = rows.get(key);
    if (!before || evaluate(row.wait) > evaluate(before.wait)) rows.set(key, row);
  }
  return [...rows.values()];
}
