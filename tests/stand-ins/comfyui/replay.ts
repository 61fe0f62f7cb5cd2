import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import { type HttpLine, httpOf, type Line } from './recordings.ts';

/**
 * Says what was recorded, word for word: when the prompt is posted, all frames that came after, and to each question the answers that it
 * had then, one after the other. What was not asked then is answered as by one who knows nothing.
 */
export async function startReplay(lines: Line[], post: HttpLine) {
  const from = lines.indexOf(post);
  const before = lines.findLastIndex(
    (line, i) => i < from && (line.kind === 'http' || line.kind === 'ws_open'),
  );
  const after = lines.slice(before + 1);
  const answers = new Map<string, HttpLine[]>();
  for (const line of httpOf(after)) {
    const key = `${line.method} ${line.path.replace(/^\/api(?=\/)/, '')}`;
    answers.set(key, [...(answers.get(key) ?? []), line]);
  }
  let isPosted = false;
  const server = createServer((request, response) => {
    const key = `${request.method} ${request.url?.replace(/^\/api(?=\/)/, '')}`;
    const isPost = key === 'POST /prompt';
    request.resume().once('end', () => {
      const known = isPosted || isPost ? answers.get(key) : undefined;
      const line = known !== undefined && known.length > 1 ? known.shift() : known?.[0];
      if (isPost && !isPosted) speak();
      if (line) {
        const body = line.response ? JSON.stringify(line.response) : Buffer.from(base64Of(line), 'base64');
        return response.writeHead(line.status, { 'content-type': line.content_type }).end(body);
      }
      if (key === 'GET /queue') return response.end('{"queue_running":[],"queue_pending":[]}');
      if (key.startsWith('GET /history/')) return response.end('{}');
      if (request.method === 'POST') return response.end();
      response.writeHead(404, { 'content-type': 'text/plain' }).end('404: Not Found');
    });
  });
  const sockets = new WebSocketServer({ server });
  sockets.on('connection', (socket) =>
    socket.send('{"type":"status","data":{"status":{"exec_info":{"queue_remaining":0}},"sid":"x"}}'),
  );

  function speak() {
    isPosted = true;
    for (const line of after)
      for (const socket of sockets.clients)
        if (line.kind === 'ws')
          socket.send(line.type === 'text' ? line.text : Buffer.from(line.base64, 'base64'));
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      for (const socket of sockets.clients) socket.terminate();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

const base64Of = (line: HttpLine) => ('response_base64' in line ? String(line.response_base64) : '');
