import type { Difference, Twin } from './case.ts';

/** A difference between the programs that is not hidden: why it is there, and the finding that tells users, if one does. */
export interface Known {
  readonly reason: string;
  readonly finding?: string;
}

export const known = {
  via: { reason: 'Caddy names itself in Via since 2.11: taking that out takes out what others said there' },
  page: { reason: 'nginx puts a page into errors and redirects of its own; Caddy leaves them empty' },
  'target-escaped': { reason: 'Caddy writes characters that no path may have as %XX, for the server' },
  'path-refused': { reason: 'nginx refuses paths above the root, with a zero byte, or that are no path' },
  'dot-at-end': { reason: 'of /exact/. nginx makes /exact/, Caddy /exact' },
  'host-refused': { reason: 'nginx refuses a Host that is no name; for Caddy it is a name that no site has' },
  trace: { reason: 'nginx refuses TRACE' },
  'length-of-nothing': { reason: 'Caddy tells the length of a body that is empty' },
  'type-guessed': { reason: 'Caddy guesses the type of a body when the server tells none' },
  'accel-hidden': { reason: 'X-Accel-* are words of nginx, which never passes them on' },
  hop: {
    reason:
      'Caddy keeps TE: trailers and drops Proxy-*; nginx passes on all but Connection, Keep-Alive, TE and Upgrade',
  },
  buffered: {
    reason: 'nginx takes a whole body before it asks a server, and tells its length; Caddy passes it on as it comes',
  },
  vary: { reason: 'Caddy says Vary with what it compressed only', finding: 'portability-compress-validators' },
  'packed-etag': {
    reason: 'nginx makes the ETag of what it compresses weak; Caddy leaves it strong',
    finding: 'portability-compress-validators',
  },
  'packed-length': { reason: 'Caddy tells the length of what it compressed where it was short' },
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
  'file-etag': { reason: 'each makes the ETag of a file in its own way' },
  'same-again': {
    reason: 'where a policy has a favourite, Caddy tries a dead one again until it is marked',
    finding: 'portability-balance-retry',
  },
  'part-ranges': { reason: 'nginx says Accept-Ranges with whole files alone' },
  'unmodified-date': { reason: 'Caddy answers 304 with the ETag alone' },
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
  'file-vary': { reason: 'what Caddy reads from a file has Vary since 2.7, a page of an error too' },
  continued: { reason: 'Caddy passes Expect on' },
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
