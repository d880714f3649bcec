import { createServer } from 'node:net';
import { UsageError } from './io.ts';

/**
 * Below the range from which the kernel takes ports for outgoing connections (32768-60999 on Linux): a port that was
 * free a moment ago cannot be taken by somebody's connection before the proxy listens on it.
 */
const FIRST = 20_000;
const LAST = 31_999;

const given = new Set<number>();
// Processes that run side by side start at different places.
let next = FIRST + ((process.pid * 131) % (LAST - FIRST + 1));

/**
 * A TCP port that nobody listens on. It is given out once per process and never again, so it can also stand for a
 * closed port. Parallel callers get different ports: a port is marked before the first wait.
 */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries <= LAST - FIRST; tries++) {
    const port = next;
    next = next === LAST ? FIRST : next + 1;
    if (given.has(port)) continue;
    given.add(port);
    if (await canListen(port)) return port;
  }
  throw new UsageError(`no TCP port from ${FIRST} to ${LAST} is free`, 'end a program that listens there');
}

export function freePorts(count: number): Promise<readonly number[]> {
  return Promise.all(Array.from({ length: count }, () => freePort()));
}

/** Tries the wildcard address: a listener on any address of this machine makes it fail. No connection is accepted. */
function canListen(port: number): Promise<boolean> {
  const server = createServer((socket) => socket.destroy());
  return new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen({ port, host: '0.0.0.0', exclusive: true }, () => server.close(() => resolve(true)));
  });
}
