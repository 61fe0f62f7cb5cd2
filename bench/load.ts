import { connect } from 'node:net';
import { AUTHORIZATION } from './key.ts';

/**
 * Requests per second that a server answers to `connections` sockets, each sending the same request again as soon as it was
 * answered. Raw sockets, because a client that parses costs as much as the servers that are compared, on the same cores.
 */
export async function requestsPerSecond(options: {
  url: string;
  body: string;
  connections: number;
  seconds: number;
}) {
  const { hostname, port, host } = new URL(options.url);
  const length = Buffer.byteLength(options.body);
  const request = Buffer.from(
    `POST /graphql HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/json\r\nAccept: application/json\r\nAuthorization: ${AUTHORIZATION.Authorization}\r\nContent-Length: ${length}\r\n\r\n${options.body}`,
  );
  let answers = 0;
  let isOver = false;

  const run = () =>
    new Promise<void>((resolve, reject) => {
      let expected = 0;
      let received = 0;
      const socket = connect(Number(port), hostname, () => socket.write(request));
      socket.setNoDelay(true);
      socket.on('error', reject);
      socket.on('data', (chunk) => {
        if (expected === 0) expected = lengthOf(chunk);
        received += chunk.length;
        if (received < expected) return;
        answers++;
        expected = 0;
        received = 0;
        if (!isOver) return void socket.write(request);
        socket.destroy();
        resolve();
      });
    });

  const startedAt = performance.now();
  const runs = Array.from({ length: options.connections }, run);
  const end = setTimeout(() => {
    isOver = true;
  }, options.seconds * 1000);
  await Promise.all(runs);
  clearTimeout(end);
  return answers / ((performance.now() - startedAt) / 1000);
}

/** Of a whole response, from its first chunk. */
function lengthOf(chunk: Buffer) {
  const headEnd = chunk.indexOf('\r\n\r\n');
  const head = chunk.subarray(0, headEnd).toString('latin1');
  const length = /^content-length: (\d+)/im.exec(head)?.[1];
  if (!head.startsWith('HTTP/1.1 200') || length === undefined) throw new Error(`Unexpected answer: ${head}`);
  return headEnd + 4 + Number(length);
}
