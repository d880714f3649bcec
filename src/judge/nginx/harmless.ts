/**
 * Directives of other modules that neither wait nor answer: headers, compression, counters, logs, checks of what is at
 * hand. Whatever is not in this list may do anything.
 */
const names = new Set(
  `charset charset_map charset_types override_charset source_charset xslt_types mp4 flv slice random_index
  add_before_body add_after_body addition_types create_full_put_path min_delete_depth degrade degradation
  ssi ssi_types ssi_last_modified ssi_silent_errors ssi_value_length ssi_min_file_chunk
  empty_gif modern_browser modern_browser_value ancient_browser ancient_browser_value
  geoip_country geoip_city geoip_org geoip_proxy geoip_proxy_recursive geoip2 geoip2_proxy geoip2_proxy_recursive
  google_perftools_profiles
  lua_package_path lua_package_cpath lua_shared_dict lua_code_cache lua_ssl_trusted_certificate lua_ssl_verify_depth
  lua_ssl_protocols lua_ssl_ciphers lua_max_pending_timers lua_max_running_timers lua_regex_cache_max_entries
  lua_regex_match_limit lua_socket_log_errors lua_http10_buffering lua_need_request_body lua_malloc_trim
  lua_transform_underscores_in_response_headers lua_use_default_type lua_socket_connect_timeout
  lua_socket_send_timeout lua_socket_read_timeout lua_socket_pool_size lua_socket_keepalive_timeout
  perl_modules perl_require js_import js_path js_engine js_shared_dict_zone js_header_filter js_body_filter
  js_fetch_trusted_certificate
  otel_exporter otel_trace otel_trace_context otel_service_name otel_span_name otel_span_attr
  opentracing opentracing_tag opentracing_propagate_context opentracing_load_tracer opentracing_trace_locations
  acme_issuer acme_shared_zone acme_certificate
  req_status_zone fancyindex http_guest upload_progress`.split(/\s+/),
);

const families =
  /^(?:(?:brotli|zstd|pagespeed_beacon|fancyindex|userid|secure_link|dav|mp4|xslt|image_filter|vhost_traffic_status|sts|more_(?:set|clear)(?:_input)?_headers|uwsgi|scgi|memcached|nchan_shared|headers_more|security_headers|hide_server_tokens|stub_status|http2|http3|quic|ssl|gzip)(?:_|$))/;

/** Handlers look like settings of their modules. */
const handlers = /_(?:pass|pull|handler)$/;

/** Phases of Lua in which it can neither wait nor change who answers. */
const filters = /^(?:header_filter|body_filter|log|init|init_worker|exit_worker|ssl_[a-z_]+)_by_lua(?:_block|_file)?$/;

/** Of a directive that is not known: is it known not to touch waiting? */
export function isHarmless(name: string): boolean {
  return names.has(name) || filters.test(name) || (families.test(name) && !handlers.test(name));
}

/** Files that are there on most machines, and that say nothing of waiting. */
const files =
  /(?:^|\/)(?:mime\.types|(?:fastcgi|uwsgi|scgi)_params|fastcgi\.conf|koi-utf|koi-win|win-utf|options-ssl-nginx\.conf|ssl-params\.conf|ssl\.conf|modules-enabled\/\*\.conf|modules\/\*\.conf|self-signed\.conf|snakeoil\.conf)$/;

/** Does an include that is not at hand, by its well-known name, say nothing of waiting? */
export function isHarmlessFile(pattern: string): boolean {
  return files.test(pattern) || isProxyParams(pattern);
}

/** The package's file sets headers; a person’s own might say more. */
export function isProxyParams(pattern: string): boolean {
  return /(?:^|\/)proxy_params$/.test(pattern);
}
