import { approximately, type CapabilityTable, no, yes } from '../capability.ts';

const lostBody =
  'before 2.11.2 a request with a body fails at once with 502 when the connection fails, although another server is there';
const separate = 'a connection error and a timeout are not told apart: both are tried again';

/** What Caddy can do, from 2.6 on. */
export const caddyCapabilities: CapabilityTable = {
  'names.resolve': [yes],
  'server.unix': [yes],
  'balance.round_robin': [yes],
  'balance.least_conn': [yes],
  'balance.random': [yes],
  'balance.first': [yes],
  'balance.first.several': [yes],
  'balance.hash': [yes],
  'balance.sticky': [yes],
  'balance.retry': [
    approximately(
      'warning',
      'until `max_fails` is reached the next attempt is for the same dead server: write `max_fails: 1`',
    ),
  ],
  'server.weight': [
    no('warning', 'before 2.7 there are no weights: all servers get the same share'),
    {
      since: '2.7',
      support: approximately('info', 'while a server is out, its share goes to one of the others, not to all of them'),
    },
  ],
  'server.weight.balance': [no('warning', 'weights go with `round_robin` only: all servers get the same share')],
  'server.backup.several': [
    approximately(
      'warning',
      'there are no backups: the first server in the order of writing that lives gets everything',
    ),
  ],
  'server.backup.random': [yes],
  'server.backup.hash': [no('error', 'there are no backups: with `hash` they would be servers like all others')],
  'server.backup.sticky': [no('error', 'there are no backups: with `sticky` they would be servers like all others')],
  'server.drain': [no('warning', 'its clients go to other servers at once')],
  'server.max_conns': [
    approximately('info', 'when all servers are full the answer is 503, after the pauses of `interval` and `window`'),
  ],
  'server.max_conns.each': [
    approximately('warning', 'there is one limit for all servers of a pool: the smallest is used'),
  ],
  'servers.tls': [yes],
  'servers.tls.names': [yes],
  'servers.tls.address': [yes],
  'servers.host': [yes],
  'protocol.h2c': [yes],
  'protocol.grpc': [yes],
  'protocol.grpc.path': [yes],
  'protocol.refused': [
    no('warning', 'a stream that is refused is sent again inside the attempt, for as long as it is: there is no bound'),
  ],
  'protocol.header': [
    no('warning', 'before 2.11 `response_header` does not count for them: a silent server is waited for until `idle`'),
    { since: '2.11', support: yes },
  ],
  'timeouts.tls_handshake': [yes],
  'timeouts.idle.shorter': [yes],
  'timeouts.idle.longer': [yes],
  'timeouts.idle.rest': [
    approximately(
      'warning',
      'the limit also runs while a kept connection rests and while the header is awaited: at least response_header + keepalive.idle is used',
    ),
  ],
  'timeouts.idle.none': [yes],
  'timeouts.upgraded': [
    approximately(
      'info',
      'it is for the silence of the server, whatever the client says; where nothing is written there is no limit',
    ),
  ],
  'timeouts.none': [yes],
  stream: [yes],
  'stream.header': [yes],
  'stream.retry': [yes],
  flush: [yes],
  'keepalive.per_server': [yes],
  'retry.unlimited': [yes],
  'retry.interval': [yes],
  'retry.on.separate': [approximately('warning', separate)],
  'retry.on.invalid_header': [approximately('info', 'an invalid header counts as an error: it is tried again')],
  'retry.on.status': [
    no('warning', 'before 2.11.3 a status is passed on to the client, not tried again'),
    { since: '2.11.3', support: yes },
  ],
  'retry.non_idempotent': [
    no(
      'warning',
      'a body could be sent again from a shared memory only, which mixes up requests: only GET, HEAD and OPTIONS are sent again',
    ),
  ],
  'retry.body': [
    no('warning', lostBody),
    { since: '2.11', support: no('info', lostBody) },
    { since: '2.11.2', support: yes },
  ],
  'retry.put_delete': [no('info', 'PUT and DELETE that reached a server are not sent again (nginx sends them again)')],
  'health.active': [yes],
  'health.active.counts': [
    no('warning', 'before 2.8 one check decides'),
    { since: '2.8', support: approximately('info', 'failed checks add up even with good ones in between') },
  ],
  'health.passive.several': [
    approximately(
      'info',
      'until `max_fails` is reached a retry may pick the dead server again when requests come at once',
    ),
  ],
  'tls.acme': [yes],
  'edges.acme': [
    no(
      'error',
      'a challenge that one machine knows nothing of is passed on to one other: write `edge: true` at two, let nginx run, or give files as `certificate` and `key`',
    ),
  ],
  'edges.acme.limit': [
    approximately(
      'warning',
      'each machine gets a certificate of its own, and Let’s Encrypt issues five of the same names in a week: a lost volume may not be made up for',
    ),
  ],
  'edges.internal': [
    no('warning', 'each machine has a CA of its own: who trusts one does not trust the certificates of the others'),
  ],
  'edges.max_conns': [
    approximately('warning', 'each edge machine counts its own requests: a server may have as many from each'),
  ],
  'tls.internal': [yes],
  'tls.profile.groups': [
    approximately('info', 'before 2.10 there is no key exchange that withstands quantum computers'),
    { since: '2.10', support: yes },
  ],
  'tls.profile.mixed': [yes],
  'tls.client': [
    approximately('warning', 'before 2.8 only the first certificate in the file of the CA counts'),
    { since: '2.8', support: yes },
  ],
  'tls.client.several': [
    yes,
    {
      since: '2.7',
      support: no(
        'error',
        'from 2.7 to 2.10 a client of one CA may come back to the site of another by its old session, without being checked again',
      ),
    },
    { since: '2.11', support: yes },
  ],
  http3: [yes],
  'http3.client': [
    no(
      'warning',
      'before 2.11 the name of a handshake over HTTP/3 may be lost (2.6 answers 421 to all): clients stay with HTTP/2',
    ),
    { since: '2.11', support: yes },
  ],
  'http3.replay': [
    yes,
    {
      since: '2.7',
      support: approximately(
        'warning',
        'from 2.7 to 2.10 requests in early data are answered at once: whoever has recorded one can send it again',
      ),
    },
    { since: '2.11', support: yes },
  ],
  'headers.request.add': [yes],
  'headers.response.server': [yes],
  'headers.server': [approximately('info', 'Caddy’s own errors have no such header')],
  'headers.empty': [approximately('info', 'a header without a value is sent')],
  'values.host': [approximately('info', 'the name has the upper-case letters that the client wrote')],
  trusted_proxies: [
    approximately(
      'warning',
      'before 2.8 the X-Forwarded-* of a trusted proxy are passed on, but the address of the client is not taken from them: X-Real-IP, `{client_ip}` and the access log name the proxy',
    ),
    {
      since: '2.8',
      support: approximately(
        'info',
        'where every hop is trusted the last one counts as the client (nginx: the first), and what is no address in X-Forwarded-For is skipped (nginx: stops there)',
      ),
    },
  ],
  'trusted_proxies.client': [
    no(
      'error',
      'before 2.8 the address of a client behind a trusted proxy is not known: that of the proxy would decide',
    ),
    { since: '2.8', support: yes },
  ],
  basic_auth: [yes],
  maintenance: [yes],
  'gate.body': [yes],
  'match.header.repeated': [yes],
  'rewrite.odd': [
    approximately(
      'info',
      'a pattern meets such a path before `//` and `/../` are resolved; brackets, quotes and raw UTF-8 behind a prefix are sent encoded',
    ),
  ],
  'files.browse': [
    approximately('info', 'each proxy has a page of its own; a folder without its slash is answered 308'),
  ],
  'body.limit': [approximately('info', 'a server is asked, and sees the beginning; the client gets 413')],
  'body.limit.marks': [
    approximately(
      'warning',
      'such a body counts as a failure of the server that was sent its beginning: with `max_fails` of them a client takes it out of rotation. Active checks do not mend it; `passive: { max_fails: 0 }` does',
    ),
  ],
  'compress.validators': [
    approximately(
      'info',
      'an ETag stays strong (new versions put `-gzip` at its end), `Vary` is said by what is compressed only, and HEAD is answered as if nothing were compressed',
    ),
  ],
  'compress.no_transform': [no('info', 'before 2.11 it is not looked at'), { since: '2.11', support: yes }],
  'compress.zstd': [yes],
  'compress.br': [no('warning', 'it has zstd and gzip')],
  resolver: [no('info', 'names are resolved by the system of the container')],
  access_log: [yes],
};
