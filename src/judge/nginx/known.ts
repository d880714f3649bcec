/** What may be around a directive; `server-if` and `location-if` are the two kinds of `if`. */
export type Context =
  | 'main'
  | 'events'
  | 'http'
  | 'server'
  | 'location'
  | 'server-if'
  | 'location-if'
  | 'limit_except'
  | 'upstream'
  | 'stream'
  | 'stream-server'
  | 'stream-upstream'
  | 'mail'
  /** Entries, not directives: `map`, `types`, `geo`, `split_clients`. */
  | 'entries'
  /** Inside of something that is not known here. */
  | 'unknown';

/**
 * What the argument is: `flag` on or off, times in `msec` or whole `sec`, a `size`, a file `offset`, a `number`, two
 * `buffers`, one `text` or `word`. Any of these may stand once in a block. Of `words` and `list` there may be more; what
 * is `free` has rules of its own.
 */
export type Kind =
  | 'flag'
  | 'msec'
  | 'sec'
  | 'size'
  | 'offset'
  | 'number'
  | 'buffers'
  | 'text'
  | 'word'
  | 'words'
  | 'list'
  | 'path'
  | 'block'
  | 'free';

/** One way in which a directive may be used. */
export interface Use {
  readonly contexts: ReadonlySet<Context | 'any'>;
  /** How many arguments it takes, as a sentence says it, and the test. */
  readonly count: string;
  readonly fits: (count: number) => boolean;
  readonly kind: Kind;
  /** The first release that has it, where that is not older than 1.18. */
  readonly since?: string;
  /** The first release that does not have it any more. */
  readonly until?: string;
}

/** Contexts, numbers of arguments, kind, names: the directives of nginx that have a part in proxying. */
const rows: readonly (readonly [contexts: string, count: string, kind: Kind, names: string])[] = [
  ['main', '0', 'block', 'events http mail stream'],
  ['main', '1', 'flag', 'daemon master_process pcre_jit ssl_object_cache_inheritable'],
  ['main', '1', 'free', 'env load_module ssl_engine worker_priority worker_processes'],
  ['main', '1', 'msec', 'timer_resolution worker_shutdown_timeout'],
  ['main', '1', 'number', 'worker_rlimit_nofile'],
  ['main', '1', 'offset', 'worker_rlimit_core'],
  ['main', '1', 'text', 'lock_file pid working_directory'],
  ['main', '1+', 'free', 'error_log worker_cpu_affinity'],
  ['main', '1-2', 'free', 'user'],
  ['main', '2-3', 'free', 'thread_pool'],
  ['events', '1', 'flag', 'accept_mutex multi_accept'],
  ['events', '1', 'free', 'debug_connection use worker_connections'],
  ['events', '1', 'msec', 'accept_mutex_delay'],
  ['http', '0', 'block', 'server'],
  ['http', '1', 'block', 'upstream'],
  [
    'http',
    '1',
    'number',
    `
    map_hash_bucket_size map_hash_max_size server_names_hash_bucket_size server_names_hash_max_size
    variables_hash_bucket_size variables_hash_max_size`,
  ],
  ['http', '1', 'size', 'http2_recv_buffer_size'],
  ['http', '1-2', 'block', 'geo'],
  ['http', '2', 'block', 'map split_clients'],
  ['http', '2', 'free', 'limit_conn_zone'],
  ['http', '2+', 'free', 'fastcgi_cache_path log_format proxy_cache_path'],
  ['http', '3', 'free', 'limit_req_zone'],
  [
    'http server',
    '1',
    'flag',
    `
    http2 http3 http3_hq ignore_invalid_headers merge_slashes quic_gso quic_retry ssl_certificate_compression
    ssl_early_data ssl_prefer_server_ciphers ssl_reject_handshake ssl_session_tickets ssl_stapling
    ssl_stapling_verify underscores_in_headers`,
  ],
  [
    'http server',
    '1',
    'free',
    `
    http2_idle_timeout http2_max_concurrent_pushes http2_max_field_size http2_max_header_size http2_max_requests
    http2_recv_timeout quic_host_key ssl ssl_ocsp_cache ssl_password_file`,
  ],
  [
    'http server',
    '1',
    'list',
    `
    ssl_certificate ssl_certificate_key ssl_ech_file ssl_session_ticket_key`,
  ],
  ['http server', '1', 'msec', 'client_header_timeout'],
  [
    'http server',
    '1',
    'number',
    `
    http2_max_concurrent_streams http2_streams_index_size http3_max_concurrent_streams max_headers
    quic_active_connection_id_limit ssl_verify_depth`,
  ],
  ['http server', '1', 'sec', 'ssl_session_timeout'],
  [
    'http server',
    '1',
    'size',
    `
    client_header_buffer_size connection_pool_size http2_body_preread_size http2_pool_size http3_stream_buffer_size
    request_pool_size ssl_buffer_size`,
  ],
  [
    'http server',
    '1',
    'text',
    `
    ssl_ciphers ssl_client_certificate ssl_crl ssl_dhparam ssl_ecdh_curve ssl_ocsp_responder ssl_stapling_file
    ssl_stapling_responder ssl_trusted_certificate`,
  ],
  ['http server', '1', 'word', 'ssl_ocsp ssl_verify_client'],
  ['http server', '1+', 'free', 'client_body_early_read'],
  ['http server', '1+', 'words', 'ssl_protocols'],
  ['http server', '1-2', 'free', 'ssl_session_cache'],
  ['http server', '1-3', 'free', 'ssl_certificate_cache'],
  ['http server', '2', 'buffers', 'large_client_header_buffers'],
  ['http server', '2', 'list', 'ssl_conf_command'],
  ['http server location', '0', 'block', 'types'],
  [
    'http server location',
    '1',
    'flag',
    `
    absolute_redirect aio_write autoindex autoindex_exact_size autoindex_localtime chunked_transfer_encoding
    client_body_in_single_buffer etag fastcgi_buffering fastcgi_cache_background_update fastcgi_cache_lock
    fastcgi_cache_revalidate fastcgi_force_ranges fastcgi_ignore_client_abort fastcgi_intercept_errors
    fastcgi_keep_conn fastcgi_pass_request_body fastcgi_pass_request_headers fastcgi_request_buffering
    fastcgi_socket_keepalive grpc_intercept_errors grpc_socket_keepalive grpc_ssl_server_name grpc_ssl_session_reuse
    grpc_ssl_verify gunzip gzip_no_buffer gzip_vary limit_conn_dry_run limit_req_dry_run log_not_found
    log_subrequest mirror_request_body msie_padding msie_refresh open_file_cache_errors open_file_cache_events
    port_in_redirect proxy_buffering proxy_cache_background_update proxy_cache_convert_head proxy_cache_lock
    proxy_cache_revalidate proxy_force_ranges proxy_ignore_client_abort proxy_intercept_errors
    proxy_pass_request_body proxy_pass_request_headers proxy_pass_trailers proxy_request_buffering
    proxy_socket_keepalive proxy_ssl_server_name proxy_ssl_session_reuse proxy_ssl_verify real_ip_recursive
    recursive_error_pages reset_timedout_connection server_name_in_redirect sub_filter_last_modified sub_filter_once
    tcp_nodelay tcp_nopush`,
  ],
  [
    'http server location',
    '1',
    'free',
    `
    aio auth_request directio fastcgi_cache fastcgi_cache_key fastcgi_limit_rate fastcgi_split_path_info
    fastcgi_store grpc_ssl_certificate grpc_ssl_certificate_key grpc_ssl_name grpc_ssl_password_file http2_push
    http2_push_preload mirror proxy_cache proxy_cache_key proxy_limit_rate proxy_method proxy_ssl_certificate
    proxy_ssl_certificate_key proxy_ssl_name proxy_ssl_password_file proxy_store real_ip_header set_real_ip_from`,
  ],
  [
    'http server location',
    '1',
    'list',
    `
    fastcgi_catch_stderr fastcgi_hide_header fastcgi_pass_header grpc_hide_header grpc_pass_header proxy_hide_header
    proxy_pass_header`,
  ],
  [
    'http server location',
    '1',
    'msec',
    `
    auth_delay client_body_timeout fastcgi_cache_lock_age fastcgi_cache_lock_timeout fastcgi_connect_timeout
    fastcgi_next_upstream_timeout fastcgi_read_timeout fastcgi_send_timeout grpc_connect_timeout
    grpc_next_upstream_timeout grpc_read_timeout grpc_send_timeout keepalive_min_timeout keepalive_time
    lingering_time lingering_timeout proxy_cache_lock_age proxy_cache_lock_timeout proxy_connect_timeout
    proxy_next_upstream_timeout proxy_read_timeout proxy_send_timeout resolver_timeout send_timeout`,
  ],
  [
    'http server location',
    '1',
    'number',
    `
    fastcgi_cache_min_uses fastcgi_next_upstream_tries grpc_next_upstream_tries grpc_ssl_verify_depth
    gzip_comp_level keepalive_requests limit_conn_status limit_req_status max_ranges open_file_cache_min_uses
    proxy_cache_min_uses proxy_headers_hash_bucket_size proxy_headers_hash_max_size proxy_next_upstream_tries
    proxy_ssl_verify_depth types_hash_bucket_size types_hash_max_size`,
  ],
  [
    'http server location',
    '1',
    'offset',
    `
    client_max_body_size directio_alignment fastcgi_cache_max_range_offset proxy_cache_max_range_offset`,
  ],
  ['http server location', '1', 'sec', 'open_file_cache_valid'],
  [
    'http server location',
    '1',
    'size',
    `
    client_body_buffer_size fastcgi_buffer_size fastcgi_busy_buffers_size fastcgi_max_temp_file_size
    fastcgi_send_lowat fastcgi_socket_rcvbuf fastcgi_socket_sndbuf fastcgi_temp_file_write_size grpc_buffer_size
    grpc_socket_rcvbuf grpc_socket_sndbuf gzip_hash gzip_min_length gzip_window http2_chunk_size postpone_gzipping
    postpone_output proxy_buffer_size proxy_busy_buffers_size proxy_max_temp_file_size proxy_send_lowat
    proxy_socket_rcvbuf proxy_socket_sndbuf proxy_temp_file_write_size read_ahead send_lowat sendfile_max_chunk
    subrequest_output_buffer_size`,
  ],
  [
    'http server location',
    '1',
    'text',
    `
    default_type fastcgi_index grpc_ssl_ciphers grpc_ssl_crl grpc_ssl_trusted_certificate proxy_set_body
    proxy_ssl_ciphers proxy_ssl_crl proxy_ssl_trusted_certificate`,
  ],
  [
    'http server location',
    '1',
    'word',
    `
    autoindex_format client_body_in_file_only gzip_http_version gzip_static if_modified_since limit_conn_log_level
    limit_req_log_level lingering_close proxy_http_version satisfy server_tokens`,
  ],
  [
    'http server location',
    '1+',
    'free',
    `
    charset_types early_hints error_log fastcgi_cache_bypass fastcgi_cache_valid fastcgi_no_cache gzip_disable gzip_types index
    proxy_cache_bypass proxy_cache_valid proxy_no_cache resolver sub_filter_types`,
  ],
  [
    'http server location',
    '1+',
    'words',
    `
    fastcgi_cache_methods fastcgi_cache_use_stale fastcgi_ignore_headers fastcgi_next_upstream grpc_ignore_headers
    grpc_next_upstream grpc_ssl_protocols gzip_proxied proxy_cache_methods proxy_cache_use_stale
    proxy_ignore_headers proxy_next_upstream proxy_ssl_protocols`,
  ],
  [
    'http server location',
    '1-2',
    'free',
    `
    disable_symlinks fastcgi_bind grpc_bind keepalive_timeout open_file_cache proxy_bind proxy_cookie_domain
    proxy_cookie_path proxy_redirect`,
  ],
  ['http server location', '1-2', 'words', 'keepalive_disable'],
  [
    'http server location',
    '1-3',
    'free',
    `
    fastcgi_store_access grpc_ssl_certificate_cache limit_req proxy_ssl_certificate_cache proxy_store_access`,
  ],
  ['http server location', '1-4', 'free', 'open_log_file_cache proxy_cookie_flags'],
  ['http server location', '1-4', 'path', 'client_body_temp_path fastcgi_temp_path proxy_temp_path'],
  [
    'http server location',
    '2',
    'buffers',
    `
    fastcgi_buffers gunzip_buffers gzip_buffers output_buffers proxy_buffers`,
  ],
  ['http server location', '2', 'free', 'auth_request_set limit_conn sub_filter'],
  [
    'http server location',
    '2',
    'list',
    `
    grpc_set_header grpc_ssl_conf_command proxy_set_header proxy_ssl_conf_command`,
  ],
  ['http server location', '2-3', 'free', 'fastcgi_param'],
  ['http server location limit_except', '1', 'free', 'allow auth_basic auth_basic_user_file deny'],
  ['http server location location-if', '1', 'flag', 'gzip sendfile'],
  ['http server location location-if', '1', 'free', 'limit_rate limit_rate_after root'],
  ['http server location location-if', '1', 'text', 'post_action'],
  ['http server location location-if', '1', 'word', 'add_header_inherit add_trailer_inherit'],
  ['http server location location-if', '1-2', 'free', 'expires'],
  ['http server location location-if', '2+', 'free', 'error_page'],
  ['http server location location-if', '2-3', 'free', 'add_header add_trailer'],
  ['http server location location-if limit_except', '1+', 'free', 'access_log'],
  ['http server location server-if location-if', '1', 'flag', 'rewrite_log uninitialized_variable_warn'],
  ['server', '1+', 'free', 'listen server_name'],
  ['server location', '0-1', 'free', 'stub_status'],
  ['http server location location-if', '1', 'text', 'charset'],
  ['server location', '1+', 'block', 'if'],
  ['server location', '1-2', 'block', 'location'],
  ['server location', '2+', 'free', 'try_files'],
  ['server location server-if location-if', '0', 'free', 'break'],
  ['server location server-if location-if', '1-2', 'free', 'return'],
  ['server location server-if location-if', '2', 'free', 'set'],
  ['server location server-if location-if', '2-3', 'free', 'rewrite'],
  ['location', '0', 'free', 'internal'],
  ['location', '1', 'free', 'alias'],
  ['location', '1+', 'block', 'limit_except'],
  ['location location-if', '1', 'free', 'fastcgi_pass grpc_pass'],
  ['location location-if limit_except', '1', 'free', 'proxy_pass'],
  ['upstream', '0', 'free', 'ip_hash least_conn'],
  ['upstream', '0-2', 'free', 'random'],
  ['upstream', '1', 'msec', 'keepalive_time keepalive_timeout resolver_timeout'],
  ['upstream', '1', 'number', 'keepalive_requests'],
  ['upstream', '1+', 'free', 'resolver server'],
  ['upstream', '1-2', 'free', 'hash keepalive least_time zone'],
  ['upstream', '2+', 'free', 'sticky'],
  ['stream', '0', 'block', 'server'],
  ['stream', '1', 'block', 'upstream'],
  [
    'stream',
    '1',
    'number',
    `
    map_hash_bucket_size map_hash_max_size server_names_hash_bucket_size server_names_hash_max_size
    variables_hash_bucket_size variables_hash_max_size`,
  ],
  ['stream', '1-2', 'block', 'geo'],
  ['stream', '2', 'block', 'map split_clients'],
  ['stream', '2', 'free', 'limit_conn_zone'],
  ['stream', '2+', 'free', 'log_format'],
  [
    'stream stream-server',
    '1',
    'flag',
    `
    limit_conn_dry_run proxy_half_close proxy_next_upstream proxy_socket_keepalive proxy_ssl proxy_ssl_server_name
    proxy_ssl_session_reuse proxy_ssl_verify ssl_certificate_compression ssl_prefer_server_ciphers ssl_preread
    ssl_reject_handshake ssl_session_tickets ssl_stapling ssl_stapling_verify tcp_nodelay`,
  ],
  [
    'stream stream-server',
    '1',
    'free',
    `
    allow deny proxy_download_rate proxy_ssl_certificate proxy_ssl_certificate_key proxy_ssl_name
    proxy_ssl_password_file proxy_upload_rate set_real_ip_from ssl_ocsp_cache ssl_password_file`,
  ],
  [
    'stream stream-server',
    '1',
    'list',
    `
    ssl_certificate ssl_certificate_key ssl_ech_file ssl_session_ticket_key`,
  ],
  [
    'stream stream-server',
    '1',
    'msec',
    `
    preread_timeout proxy_connect_timeout proxy_next_upstream_timeout proxy_protocol_timeout proxy_timeout
    resolver_timeout ssl_handshake_timeout`,
  ],
  [
    'stream stream-server',
    '1',
    'number',
    `
    proxy_next_upstream_tries proxy_requests proxy_responses proxy_ssl_verify_depth ssl_verify_depth`,
  ],
  ['stream stream-server', '1', 'sec', 'ssl_session_timeout'],
  [
    'stream stream-server',
    '1',
    'size',
    `
    preread_buffer_size proxy_buffer_size proxy_downstream_buffer proxy_socket_rcvbuf proxy_socket_sndbuf
    proxy_upstream_buffer`,
  ],
  [
    'stream stream-server',
    '1',
    'text',
    `
    proxy_ssl_ciphers proxy_ssl_crl proxy_ssl_trusted_certificate ssl_ciphers ssl_client_certificate ssl_crl
    ssl_dhparam ssl_ecdh_curve ssl_ocsp_responder ssl_stapling_file ssl_stapling_responder ssl_trusted_certificate`,
  ],
  ['stream stream-server', '1', 'word', 'limit_conn_log_level proxy_protocol ssl_ocsp ssl_verify_client'],
  ['stream stream-server', '1+', 'free', 'access_log error_log proxy_ssl_alpn resolver ssl_alpn'],
  ['stream stream-server', '1+', 'words', 'proxy_ssl_protocols ssl_protocols'],
  ['stream stream-server', '1-2', 'free', 'proxy_bind ssl_session_cache'],
  ['stream stream-server', '1-3', 'free', 'proxy_ssl_certificate_cache ssl_certificate_cache'],
  ['stream stream-server', '1-4', 'free', 'open_log_file_cache'],
  ['stream stream-server', '2', 'free', 'limit_conn'],
  ['stream stream-server', '2', 'list', 'proxy_ssl_conf_command ssl_conf_command'],
  ['stream-server', '1', 'free', 'pass proxy_pass return'],
  ['stream-server', '1+', 'free', 'listen server_name'],
  ['stream-server', '2', 'free', 'set'],
  ['stream-upstream', '0', 'free', 'least_conn'],
  ['stream-upstream', '0-2', 'free', 'random'],
  ['stream-upstream', '1', 'msec', 'resolver_timeout'],
  ['stream-upstream', '1+', 'free', 'resolver server'],
  ['stream-upstream', '1-2', 'free', 'hash least_time zone'],
  ['any', '1', 'free', 'include'],
];

/** Newer than 1.18; `stream/` and `upstream/` where only that use of the name is. */
const since: Readonly<Record<string, string>> = {
  '1.19.0': 'ssl_ocsp ssl_ocsp_cache ssl_ocsp_responder',
  '1.19.3': 'proxy_cookie_flags stream/set',
  '1.19.4':
    'grpc_ssl_conf_command proxy_ssl_conf_command ssl_conf_command ssl_reject_handshake stream/proxy_ssl_conf_command stream/ssl_conf_command',
  '1.19.10': 'keepalive_time',
  '1.21.4': 'stream/proxy_half_close stream/ssl_alpn',
  '1.25.0':
    'http3 http3_hq http3_max_concurrent_streams http3_stream_buffer_size quic_active_connection_id_limit quic_gso quic_host_key quic_retry',
  '1.25.1': 'http2',
  '1.25.5':
    'stream/pass stream/server_name stream/server_names_hash_bucket_size stream/server_names_hash_max_size stream/ssl_reject_handshake',
  '1.27.2':
    'proxy_pass_trailers stream/ssl_ocsp stream/ssl_ocsp_cache stream/ssl_ocsp_responder stream/ssl_stapling stream/ssl_stapling_file stream/ssl_stapling_responder stream/ssl_stapling_verify',
  '1.27.3': 'upstream/resolver upstream/resolver_timeout stream-upstream/resolver stream-upstream/resolver_timeout',
  '1.27.4':
    'grpc_ssl_certificate_cache keepalive_min_timeout proxy_ssl_certificate_cache ssl_certificate_cache ssl_object_cache_inheritable stream/proxy_ssl_certificate_cache stream/ssl_certificate_cache',
  '1.29.0': 'early_hints',
  '1.29.1': 'ssl_certificate_compression stream/ssl_certificate_compression',
  '1.29.3': 'add_header_inherit add_trailer_inherit',
  '1.29.4': 'ssl_ech_file stream/ssl_ech_file',
  '1.29.6': 'sticky',
  '1.29.8': 'max_headers',
  '1.31.0': 'least_time stream/least_time stream/proxy_ssl_alpn',
  '1.31.3':
    'fastcgi_socket_rcvbuf fastcgi_socket_sndbuf grpc_socket_rcvbuf grpc_socket_sndbuf proxy_socket_rcvbuf proxy_socket_sndbuf stream/proxy_socket_rcvbuf stream/proxy_socket_sndbuf',
};

const until: Readonly<Record<string, string>> = { ssl: '1.25.1' };

const releases = new Map(
  Object.entries(since).flatMap(([release, names]) => names.split(' ').map((name) => [name, release] as const)),
);

/** The known directives, each with its uses. */
export const known: ReadonlyMap<string, readonly Use[]> = (() => {
  const table = new Map<string, Use[]>();
  for (const [contexts, count, kind, names] of rows) {
    const uses = {
      contexts: new Set(contexts.split(' ') as (Context | 'any')[]),
      count: spoken(count),
      fits: counter(count),
      kind,
    };
    const area = contexts.startsWith('stream') ? 'stream/' : '';
    for (const name of names.trim().split(/\s+/)) {
      const first = releases.get(`${contexts}/${name}`) ?? releases.get(area + name);
      const last = until[area + name];
      const use: Use = { ...uses, ...(first ? { since: first } : {}), ...(last ? { until: last } : {}) };
      table.set(name, [...(table.get(name) ?? []), use]);
    }
  }
  return table;
})();

/** `1`, `0-2`, `1,3`, `2+`. */
function counter(count: string): (given: number) => boolean {
  if (count.endsWith('+')) return (given) => given >= Number.parseInt(count, 10);
  return (given) =>
    count.split(',').some((part) => {
      const [low = 0, high = low] = part.split('-').map(Number);
      return low <= given && given <= high;
    });
}

function spoken(count: string): string {
  const least = Number.parseInt(count, 10);
  if (count === '0') return 'no arguments';
  if (count.endsWith('+')) return `at least ${least} argument${least > 1 ? 's' : ''}`;
  return `${count.replace('-', ' to ').replace(',', ' or ')} argument${count === '1' ? '' : 's'}`;
}
