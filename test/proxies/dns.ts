import { createSocket } from 'node:dgram';
import { once } from 'node:events';

export interface Dns {
  readonly port: number;
  /** IPv4 addresses of names; a name that is not here does not exist. May be changed at any time. */
  readonly names: Map<string, string>;
  stop(): Promise<void>;
}

/** A DNS server on a UDP port of 127.0.0.1. Its answers may be kept for ten minutes, as those of docker's own server. */
export async function startDns(names: ReadonlyMap<string, string>, address = '127.0.0.1', at = 0): Promise<Dns> {
  const known = new Map(names);
  const socket = createSocket('udp4');
  socket.on('message', (query, { port, address: client }) => {
    const answer = answerTo(query, known);
    if (answer) socket.send(answer, port, client);
  });
  socket.on('error', () => {});
  socket.bind(at, address);
  await once(socket, 'listening');
  return {
    port: socket.address().port,
    names: known,
    stop: () => new Promise((resolve) => void socket.close(() => resolve())),
  };
}

const TYPE_A = 1;
const TTL = 600;

/** RFC 1035, section 4: one question; A has an answer, other types of a known name have none. */
function answerTo(query: Buffer, names: ReadonlyMap<string, string>): Buffer | undefined {
  const labels: string[] = [];
  let at = 12;
  for (let length = query[at]; length !== undefined && length > 0; length = query[at]) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length).toLowerCase());
    at += 1 + length;
  }
  const end = at + 5;
  if (query.length < end) return undefined;
  const address = names.get(labels.join('.'));
  const answers = address !== undefined && query.readUInt16BE(at + 1) === TYPE_A ? 1 : 0;
  const header = Buffer.from(query.subarray(0, 12));
  // A response, with authority; recursion as it was asked for. 3: there is no such name.
  header.writeUInt16BE(0x8480 | (query.readUInt16BE(2) & 0x0100) | (address === undefined ? 3 : 0), 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(answers, 6);
  header.writeUInt32BE(0, 8);
  const record = Buffer.from([0xc0, 12, 0, TYPE_A, 0, 1, 0, 0, TTL >> 8, TTL & 255, 0, 4]);
  const found = answers === 1 ? [record, Buffer.from((address ?? '').split('.').map(Number))] : [];
  return Buffer.concat([header, query.subarray(12, end), ...found]);
}
