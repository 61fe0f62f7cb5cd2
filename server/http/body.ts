import type { IncomingMessage, ServerResponse } from 'node:http';

/** How long a client may go on sending after it was answered. It reads the answer meanwhile; a reset would lose it. */
const DRAIN_MS = 2000;
/** A client that sends nothing for so long in the middle of a body is gone. */
const SILENCE_MS = 60_000;

export class BodyTooLarge extends Error {}

/** For every request with a body, whoever reads it: neither a silent client nor one that never ends keeps its connection. */
export function boundBody(req: IncomingMessage, res: ServerResponse) {
  // What waits for us to read it is no silence of the client.
  req.setTimeout(SILENCE_MS, () => (req.readableLength > 0 ? req.setTimeout(SILENCE_MS) : req.destroy()));
  req.once('end', () => req.setTimeout(0));
  res.once('finish', () => dropRest(req));
}

/** The whole body, when it has at most so many bytes; of a longer one, no more is read. */
export async function readBody(req: IncomingMessage, maxBytes: number): Promise<Buffer> {
  if (Number(req.headers['content-length'] ?? 0) > maxBytes) throw new BodyTooLarge();
  const chunks: Buffer[] = [];
  let bytes = 0;
  // The connection is still needed for the answer.
  for await (const chunk of req.iterator({ destroyOnReturn: false })) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw new BodyTooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** After an answer that did not need the whole body: what still comes is thrown away, for a short while. */
function dropRest(req: IncomingMessage) {
  if (req.complete) return;
  req.unpipe();
  req.resume();
  const timer = setTimeout(() => req.socket.destroy(), DRAIN_MS);
  req.once('close', () => clearTimeout(timer));
}
