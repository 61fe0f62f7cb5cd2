import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parentPort, Worker, workerData } from 'node:worker_threads';

/**
 * Somebody who uses the product while it is attacked, in a thread of its own, so that what the attacker is busy with delays only
 * the server's answers and never the watch.
 */
const { url, key, photo, isPeer } = workerData as { url: string; key: string; photo: string; isPeer?: true };
const headers = { Authorization: `Bearer ${key}` };
const LIST = JSON.stringify({
  query: '{ characters(first: 20) { edges { node { id name imageCount } } } jobCounts { queued } }',
});

/** Beside it a server that does nothing and that nobody attacks: how long that one takes is the machine's doing. */
function servePeer() {
  const server = createServer((_, res) => res.end('{}'));
  server.listen(0, '127.0.0.1', () => parentPort?.postMessage((server.address() as AddressInfo).port));
}

async function startPeer(): Promise<string> {
  const worker = new Worker(new URL(import.meta.url), { workerData: { isPeer: true } });
  const port = await new Promise((resolve) => worker.once('message', resolve));
  return `http://127.0.0.1:${port}/`;
}

const asks = [
  async () => {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { ...headers, 'Content-Type': 'application/json' },
      body: LIST,
    });
    const { errors } = (await response.json()) as { errors?: unknown };
    if (!response.ok || errors) throw new Error(`${response.status} ${JSON.stringify(errors)}`);
  },
  async () => {
    const response = await fetch(`${url}${photo}/256`, { headers });
    await response.arrayBuffer();
    if (!response.ok) throw new Error(`The photo: ${response.status}`);
  },
];

/** `slowestMs`: the longest that the server took more than its peer took at the same moment. */
export type Report = { count: number; slowestMs: number; failures: string[] };
const report: Report = { count: 0, slowestMs: 0, failures: [] };
let isOver = false;

async function millisecondsOf(ask: () => Promise<unknown>) {
  const startedAt = performance.now();
  try {
    await ask();
  } catch (error) {
    report.failures.push(String(error));
  }
  return performance.now() - startedAt;
}

async function use() {
  const peer = await startPeer();
  const askPeer = async () => (await fetch(peer)).text();
  for (let turn = 0; !isOver; turn++) {
    const ask = asks[turn % asks.length] ?? askPeer;
    const [ours, theirs] = await Promise.all([millisecondsOf(ask), millisecondsOf(askPeer)]);
    report.count++;
    report.slowestMs = Math.max(report.slowestMs, ours - theirs);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  parentPort?.postMessage(report);
}

parentPort?.once('message', () => {
  isOver = true;
});
if (isPeer) servePeer();
else void use();
