import { differences } from '../../src/targets/differences.ts';
import type { Difference, Twin } from './case.ts';

/** A difference between the programs that is not hidden: why it is there, and what tells users of it. */
export interface Known {
  readonly reason: string;
  /** A rule; `always`: it is there whatever a topology says, and stands below the table of what each target can do. */
  readonly finding: string;
}

type Always = { readonly [Id in keyof typeof differences]: { readonly reason: string; readonly finding: 'always' } };

const always = Object.fromEntries(
  Object.entries(differences).map(([id, reason]) => [id, { reason, finding: 'always' }]),
) as Always;

export const known = {
  ...always,
  vary: { reason: 'Caddy says Vary with what it compressed only', finding: 'portability-compress-validators' },
  'packed-etag': {
    reason: 'nginx makes the ETag of what it compresses weak; Caddy leaves it strong',
    finding: 'portability-compress-validators',
  },
  'packed-head': {
    reason: 'nginx answers HEAD with the headers of a compressed answer; Caddy would tell a wrong length',
    finding: 'portability-compress-validators',
  },
  zstd: { reason: 'nginx has gzip only', finding: 'portability-compress-zstd' },
  'no-transform': {
    reason: 'nginx compresses it all the same, as Caddy did',
    finding: 'portability-compress-no-transform',
  },
  'body-marks': {
    reason: 'Caddy asks a server before it knows that a body is too long, and counts what comes of it as a failure',
    finding: 'portability-body-limit-marks',
  },
  added: {
    reason: 'nginx has one field of a name: what is added stands behind a comma in it',
    finding: 'portability-headers-request-add',
  },
  'same-again': {
    reason: 'where a policy has a favourite, Caddy tries a dead one again until it is marked',
    finding: 'portability-balance-retry',
  },
  weights: { reason: 'Caddy has weights since 2.7', finding: 'portability-server-weight' },
  'client-unknown': {
    reason: 'before 2.8 Caddy takes no address from X-Forwarded-For',
    finding: 'portability-trusted-proxies',
  },
  'client-odd': {
    reason: 'where all hops are trusted, or one is no address, each takes another one for the client',
    finding: 'portability-trusted-proxies',
  },
  'client-refused': {
    reason: 'nginx tells by a status that a certificate is missing, Caddy ends the handshake',
    finding: 'portability-tls-client',
  },
} satisfies Readonly<Record<string, Known>>;

export type KnownDifference = keyof typeof known;

export const nginx: readonly Twin[] = ['nginx old', 'nginx new'];
export const caddy: readonly Twin[] = ['caddy old', 'caddy new'];

/** A status that a program answers by itself. */
export const page: readonly Difference[] = ['body', 'header content-length', 'header content-type'].map((what) => ({
  known: 'page',
  what,
  on: nginx,
}));

/** A body of unknown length. */
export const buffered: readonly Difference[] = ['seen content-length', 'seen transfer-encoding'].map((what) => ({
  known: 'buffered',
  what,
  on: nginx,
}));
