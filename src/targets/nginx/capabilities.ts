import { approximately, type CapabilityTable, no, yes } from '../capability.ts';

/** What nginx OSS can do, from 1.22 on. */
export const nginxCapabilities: CapabilityTable = {
  'names.resolve': [
    approximately(
      'info',
      'before 1.27.3 a pool of one name is resolved for each request, without kept connections; several names are resolved once, at the start',
    ),
    { since: '1.27.3', support: yes },
  ],
  'server.unix': [yes],
  'balance.round_robin': [yes],
  'balance.least_conn': [yes],
  'balance.random': [yes],
  'balance.first': [yes],
  'balance.first.several': [
    approximately('warning', 'there are two ranks only: behind the first server the others take turns'),
  ],
  'balance.hash': [yes],
  'balance.sticky': [
    approximately('warning', 'before 1.29.6 there is no such cookie: clients are told apart by their address'),
    { since: '1.29.6', support: yes },
  ],
  'balance.retry': [yes],
  'server.weight': [yes],
  'server.weight.balance': [yes],
  'server.backup.several': [yes],
  'server.backup.random': [approximately('info', 'backups are refused beside `random`: servers take turns')],
  'server.backup.hash': [no('error', 'backups are refused beside `hash`')],
  'server.backup.sticky': [
    no('error', 'before 1.29.6 there is no such cookie, and backups are refused beside what stands for it'),
    { since: '1.29.6', support: yes },
  ],
  'server.drain': [
    no('warning', 'before 1.29.6 its clients go to other servers at once'),
    { since: '1.29.6', support: yes },
  ],
  'server.max_conns': [yes],
  'server.max_conns.each': [yes],
  'servers.tls': [yes],
  'servers.tls.names': [
    no(
      'error',
      'the certificates of all servers of a pool are compared with one name: write it as `tls: { server_name: … }`',
    ),
  ],
  'servers.tls.address': [
    no('error', 'certificates are compared with names only, never with an address: write `tls: { server_name: … }`'),
  ],
  'servers.host': [no('error', 'the Host is decided before the server is chosen: write a name, or `client`')],
  'protocol.h2c': [
    approximately(
      'warning',
      'before 1.29.4 there is only `grpc_pass`: a path that is rewritten, or whose route matches more than paths, is decoded and encoded anew',
    ),
    { since: '1.29.4', support: yes },
  ],
  'protocol.grpc': [yes],
  'protocol.grpc.path': [approximately('info', 'it is decoded and encoded anew')],
  'protocol.refused': [yes],
  'protocol.header': [yes],
  'timeouts.tls_handshake': [
    approximately('info', 'connecting and the handshake share one limit: connect + tls_handshake'),
  ],
  'timeouts.idle.shorter': [
    approximately('warning', 'one directive bounds the header and each pause of the body: `response_header` is used'),
  ],
  'timeouts.idle.longer': [approximately('info', 'a body that pauses longer than `response_header` is cut off')],
  'timeouts.idle.rest': [yes],
  'timeouts.idle.none': [approximately('info', 'a body that pauses longer than `response_header` is cut off')],
  'timeouts.upgraded': [approximately('info', 'the answer to an upgrade may take as long as well')],
  'timeouts.none': [approximately('warning', 'there is no unlimited wait: 1d is used')],
  stream: [yes],
  'stream.header': [
    approximately(
      'info',
      'one directive bounds the header and each pause of the body: the header may take as long as a pause, `idle`',
    ),
  ],
  'stream.retry': [
    approximately(
      'info',
      'failures before and after a request was sent are not told apart: a GET whose server closes the connection at once is sent to another',
    ),
  ],
  flush: [yes],
  'keepalive.per_server': [
    approximately(
      'info',
      'idle connections are counted for the whole pool and each worker: servers × connections is used',
    ),
  ],
  'retry.unlimited': [
    approximately('warning', 'a server is tried once per request: a restart of all is not ridden out'),
  ],
  'retry.interval': [no('info', 'the next server is tried at once')],
  'retry.on.separate': [yes],
  'retry.on.invalid_header': [yes],
  'retry.on.status': [yes],
  'retry.non_idempotent': [yes],
  'retry.body': [yes],
  'retry.put_delete': [yes],
  'health.active': [no('warning', 'the open-source version has no checks: only requests that fail find a dead server')],
  'health.active.counts': [yes],
  'health.passive.several': [yes],
  'tls.acme': [yes],
  'edges.acme': [yes],
  'edges.acme.limit': [
    approximately(
      'warning',
      'each machine gets a certificate of its own, and Let’s Encrypt issues five of the same names in a week: a lost volume may not be made up for',
    ),
  ],
  'edges.internal': [
    no('warning', 'each machine makes certificates of its own: who trusts one does not trust the others'),
  ],
  'edges.max_conns': [
    approximately('warning', 'each edge machine counts its own requests: a server may have as many from each'),
  ],
  'tls.internal': [
    approximately('warning', 'each site gets a self-signed certificate; there is no CA that one could trust'),
  ],
  'tls.profile.groups': [
    approximately(
      'info',
      'key exchanges are those of the OpenSSL that nginx was built with: some more than the guideline names, all of them strong',
    ),
  ],
  'tls.profile.mixed': [
    approximately(
      'warning',
      'before 1.29.2 all sites of a port have the same protocols: a connection of TLS 1.2 is closed without an answer, after its handshake',
    ),
    { since: '1.29.2', support: yes },
  ],
  'tls.client': [
    approximately('info', 'who shows no certificate, or a wrong one, gets 400 instead of a refused handshake'),
  ],
  'tls.client.several': [yes],
  http3: [no('warning', 'before 1.25 there is none: clients stay with HTTP/2'), { since: '1.25', support: yes }],
  'http3.client': [yes],
  'http3.replay': [yes],
  'headers.request.add': [
    approximately('info', 'the value stands behind that of the client, in one field with a comma'),
  ],
  'headers.response.server': [
    approximately('warning', 'what the servers say is removed; nginx always says `Server: nginx`, without its version'),
  ],
  'headers.server': [approximately('info', 'it is the address that a name was resolved to')],
  'headers.empty': [approximately('info', 'a header without a value is not sent')],
  'values.host': [yes],
  trusted_proxies: [yes],
  'trusted_proxies.client': [yes],
  basic_auth: [yes],
  maintenance: [yes],
  'gate.body': [
    approximately(
      'info',
      'who is refused and sends a body above `max_body_size` is told 413: nginx looks at the size first',
    ),
  ],
  'match.header.repeated': [
    approximately('info', 'before 1.23 only the first field of a header that is sent several times is looked at'),
    { since: '1.23.0', support: yes },
  ],
  'rewrite.odd': [
    approximately('info', 'what such a request has encoded behind the prefix is decoded and encoded anew'),
  ],
  'files.browse': [
    approximately('info', 'each proxy has a page of its own; a folder without its slash is answered 301'),
  ],
  'body.limit': [yes],
  'body.limit.marks': [yes],
  'compress.validators': [yes],
  'compress.no_transform': [no('info', 'it is not looked at')],
  'compress.zstd': [no('warning', 'it has gzip only')],
  'compress.br': [no('warning', 'it has gzip only')],
  resolver: [yes],
  access_log: [yes],
};
