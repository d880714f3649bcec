/**
 * What nginx and Caddy do otherwise whatever a topology says, measured on all four programs. What a word of a topology
 * brings about is a finding (`portability-…`) instead. Twin tests name a difference by its id, and fail when it is gone.
 */
export const differences = {
  via: 'Caddy names itself in Via since 2.11: taking that out takes out what others said there',
  page: 'nginx puts a page into errors and redirects of its own; Caddy leaves them empty',
  'target-escaped': 'Caddy writes characters that no path may have as %XX, for the server',
  'path-refused': 'nginx refuses paths above the root, with a zero byte, or that are no path',
  'dot-at-end': 'for the path of a match nginx makes `/exact/` of `/exact/.`, Caddy `/exact`',
  'host-refused': 'nginx refuses a Host that is no name; for Caddy it is a name that no site has',
  trace: 'nginx refuses TRACE',
  'length-of-nothing': 'Caddy tells the length of a body that is empty',
  'type-guessed': 'Caddy guesses the type of a body when the server tells none',
  'accel-hidden': 'X-Accel-* are words of nginx, which never passes them on',
  hop: 'Caddy keeps TE: trailers and drops Proxy-*; nginx passes on all but Connection, Keep-Alive, TE and Upgrade',
  buffered: 'nginx takes a whole body before it asks a server, and tells its length; Caddy passes it on as it comes',
  'packed-length': 'Caddy tells the length of what it compressed where it was short',
  'file-etag': 'each makes the ETag of a file in its own way',
  'part-ranges': 'nginx says Accept-Ranges with whole files alone',
  'unmodified-date': 'Caddy answers 304 with the ETag alone',
  'file-vary': 'what Caddy reads from a file has Vary since 2.7, a page of an error too',
  continued: 'Caddy passes Expect on',
} as const;
