import { parentPort, workerData } from 'node:worker_threads';

/**
 * Somebody who uses the product while it is attacked, in a thread of its own, so that what the attacker is busy with delays only
 * the server's answers and never the watch.
 */
const { url, key, photo } = workerData as { url: string; key: string; photo: string };
const headers = { Authorization: `Bearer ${key}` };
const LIST = JSON.stringify({
  query: '{ characters(first: 20) { edges { node { id name imageCount } } } jobCounts { queued } }',
});

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

export type Report = { count: number; slowestMs: number; failures: string[] };
const report: Report = { count: 0, slowestMs: 0, failures: [] };
let isOver = false;

async function use() {
  for (let turn = 0; !isOver; turn++) {
    const startedAt = performance.now();
    try {
      await asks[turn % asks.length]?.();
    } catch (error) {
      report.failures.push(String(error));
    }
    report.count++;
    report.slowestMs = Math.max(report.slowestMs, performance.now() - startedAt);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  parentPort?.postMessage(report);
}

parentPort?.once('message', () => {
  isOver = true;
});
void use();
