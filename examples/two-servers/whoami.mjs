// The application of the example, small enough to read: it says which copy of it answered.
// SERVER_ID=bustamam-tech-1 PORT=3000 node whoami.mjs
import { createServer } from 'node:http';

const { SERVER_ID: serverId = 'unnamed', PORT: port = '3000', HOST: host = '127.0.0.1' } = process.env;

const server = createServer((request, response) => {
  const healthy = request.url === '/api/healthz';
  const body = healthy ? { ok: true } : { serverId, pid: process.pid, time: new Date().toISOString() };
  response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(`${JSON.stringify(body)}\n`);
});

server.listen(Number(port), host, () => {
  const address = server.address();
  console.log(`${serverId} listens on ${typeof address === 'object' && address ? address.port : port}`);
});
