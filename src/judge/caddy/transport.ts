import { quoted } from '../../diagnostics/visible.ts';
import { type Duration, milliseconds } from '../../model/duration.ts';
import type { Given } from '../../model/topology.ts';
import { atLeast } from '../../model/version.ts';
import type { ReverseProxy } from '../../targets/caddy/directives.ts';
import { type Line, lineOf, puzzle, type Reading, time, unmeasured, whole } from './settings.ts';
import type { CaddyDirective } from './tree.ts';

/** What `transport http` says of a proxy. */
type Transport = Pick<
  ReverseProxy,
  'dial' | 'responseHeader' | 'read' | 'write' | 'keepalive' | 'queueAt' | 'tls' | 'h2c'
>;

/** Subdirectives that do not touch waiting. */
const harmless = new Set(
  `read_buffer write_buffer max_response_header dial_fallback_delay resolvers keepalive_interval keepalive_idle_conns
  compression local_address`.split(/\s+/),
);
/** Each of these makes the servers speak TLS. */
const ofTls = new Set(
  `tls tls_client_auth tls_insecure_skip_verify tls_trusted_ca_certs tls_server_name tls_renegotiation tls_except_ports
  tls_trust_pool tls_curves`.split(/\s+/),
);

const restsByDefault = milliseconds(120_000);
const keptByDefault = 32;

type Time = Given<Duration> | undefined;
type Count = Given<number> | undefined;

interface Values {
  dial?: Time;
  responseHeader?: Time;
  read?: Time;
  write?: Time;
  handshake?: Time;
  idle?: Time;
  perServer?: Count;
  queueAt?: Count;
  tuned?: boolean;
  off?: boolean;
  tls?: boolean;
  http2?: boolean;
  http1?: boolean;
  h2c?: boolean;
}

/** `transport http { … }`; without a directive what Caddy does by itself. `head`: the proxy, for defaults. */
export function transportOf(directive: CaddyDirective | undefined, proxy: CaddyDirective, reading: Reading): Transport {
  const values: Values = {};
  const name = directive && reading.notes.words(directive.args)[0];
  if (directive && name?.text !== 'http') {
    unmeasured(reading, directive.head, `servers are spoken to by ${quoted(name?.text ?? 'nothing')}`);
  } else {
    for (const one of directive?.block ?? []) setting(lineOf(one, reading), values, reading);
  }
  return settled(values, proxy, reading);
}

function setting(line: Line, values: Values, reading: Reading): void {
  const { directive, words } = line;
  const { name, head } = directive;
  if (ofTls.has(name)) values.tls = true;
  if (harmless.has(name) || ofTls.has(name)) return;
  switch (name) {
    case 'dial_timeout':
      values.dial = time(reading, line) ?? values.dial;
      break;
    case 'response_header_timeout':
      values.responseHeader = time(reading, line) ?? values.responseHeader;
      break;
    case 'read_timeout':
      values.read = time(reading, line) ?? values.read;
      break;
    case 'write_timeout':
      values.write = time(reading, line) ?? values.write;
      break;
    case 'tls_timeout':
      values.tls = true;
      values.handshake = time(reading, line) ?? values.handshake;
      break;
    case 'keepalive':
      values.tuned = true;
      if (words[0]?.text === 'off') values.off = true;
      else values.idle = time(reading, line) ?? values.idle;
      break;
    case 'keepalive_idle_conns_per_host':
      values.tuned = true;
      values.perServer = whole(reading, line) ?? values.perServer;
      break;
    case 'max_conns_per_host':
      values.queueAt = whole(reading, line) ?? values.queueAt;
      break;
    case 'expect_continue_timeout':
      reading.assumptions.push('no request has `Expect: 100-continue`');
      break;
    case 'versions':
      if (words.some(({ text }) => text === 'h2c')) values.h2c = true;
      if (words.every(({ text, unknown }) => text === '1.1' && unknown === undefined)) values.http1 = true;
      if (words.every(({ text, unknown }) => text === '2' && unknown === undefined)) values.http2 = true;
      if (words.some(({ text, unknown }) => text === '3' || unknown !== undefined))
        unmeasured(reading, head, 'the servers speak HTTP/3');
      break;
    case 'proxy_protocol':
    case 'forward_proxy_url':
    case 'network_proxy':
      unmeasured(reading, head, `\`${name}\``);
      break;
    default:
      puzzle(reading, head, `${quoted(name)} is not known as a setting of \`transport http\``);
  }
}

function settled(values: Values, proxy: CaddyDirective, reading: Reading): Transport {
  const { notes } = reading;
  const { dial, responseHeader, read, write, handshake, queueAt, tls, http1, http2, h2c } = values;
  const limit = (name: string, given: Time): Time => {
    if (!given || given.value > 0) return given;
    notes.tell('warning', 'caddy-no-effect', proxy.head, {
      message: `\`${name}\` is ${given.value === 0 ? 'zero' : 'negative'}, and limits nothing`,
      why: 'Caddy takes that for no limit at all',
      help: 'write a time above zero',
    });
    return undefined;
  };
  const header = limit('response_header_timeout', responseHeader);
  const reads = limit('read_timeout', read);
  const writes = limit('write_timeout', write);
  const shakes = limit('tls_timeout', handshake);
  const kept = keptOf(values, proxy, reading);
  return {
    dial: dialOf(dial, proxy, reading),
    ...(header ? { responseHeader: header } : {}),
    ...(reads ? { read: reads } : {}),
    ...(writes ? { write: writes } : {}),
    ...(tls
      ? {
          tls: {
            ...(shakes ? { handshake: shakes } : {}),
            ...(http1 ? { http1: true as const } : {}),
            ...(http2 ? { http2: true as const } : {}),
          },
        }
      : {}),
    ...(h2c ? { h2c } : {}),
    ...(queueAt && queueAt.value > 0 ? { queueAt } : {}),
    ...(kept ? { keepalive: kept } : {}),
  };
}

function dialOf(dial: Time, { head }: CaddyDirective, { notes }: Reading): Given<Duration> {
  if (!dial || dial.value === 0) return notes.own(milliseconds(3000), head);
  if (dial.value > 0) return dial;
  notes.tell('error', 'caddy-always-fails', head, {
    message: '`dial_timeout` is negative: every request is answered with 502',
    why: 'each connection has failed before it begins',
    help: 'write a time above zero',
  });
  return { ...dial, value: milliseconds(0) };
}

/** Before 2.11 whoever tuned anything about connections got Go’s own pool of 2. */
function keptOf(
  { off, tuned, idle, perServer }: Values,
  { head }: CaddyDirective,
  { notes }: Reading,
): Transport['keepalive'] {
  if (off || (perServer && perServer.value < 0)) return undefined;
  const few = tuned && !atLeast(notes.version, '2.11');
  const count = few ? 2 : keptByDefault;
  const because = few
    ? 'Go’s own default, which Caddy before 2.11 takes as soon as anything about keepalive is written'
    : undefined;
  return {
    idle: idle && idle.value > 0 ? idle : notes.own(restsByDefault, head),
    perServer: perServer && perServer.value > 0 ? perServer : notes.own(count, head, because),
  };
}
