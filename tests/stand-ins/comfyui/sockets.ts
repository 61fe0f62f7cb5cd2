import type { WebSocket } from 'ws';
import type { Faults } from './faults.ts';

type Frame = { to: string | null; data: string | Buffer };

/**
 * The sockets as the real one has them, bugs included: one message after the other is sent to one socket after the other, and who does
 * not read stops everybody; a client's name is forgotten when any socket of it ends, also an older one.
 */
export function sockets(faults: Faults) {
  const byClient = new Map<string, WebSocket>();
  const withMetadata = new Set<WebSocket>();
  const told = new WeakMap<WebSocket, number>();
  const ended = new WeakMap<WebSocket, Promise<void>>();
  const all = new Set<WebSocket>();
  const frames: Frame[] = [];
  let isPublishing = false;

  async function publish() {
    if (isPublishing) return;
    isPublishing = true;
    for (let frame = frames.shift(); frame; frame = frames.shift()) {
      const { to, data } = frame;
      const receivers = to === null ? [...byClient.values()] : [byClient.get(to)];
      for (const socket of receivers) if (socket) await send(socket, data);
    }
    isPublishing = false;
  }

  async function send(socket: WebSocket, data: string | Buffer) {
    const count = (told.get(socket) ?? 0) + 1;
    told.set(socket, count);
    if (count > faults.deafAfter || socket.readyState !== socket.OPEN) return;
    const sent = Promise.withResolvers<void>();
    socket.send(data, () => sent.resolve());
    await Promise.race([sent.promise, ended.get(socket)]);
  }

  const push = (to: string | null, data: string | Buffer) => {
    frames.push({ to, data });
    void publish();
  };

  return {
    all,
    open(socket: WebSocket, clientId: string, greeting: { type: string; data: unknown }[]) {
      byClient.set(clientId, socket);
      all.add(socket);
      for (const message of greeting) socket.send(JSON.stringify(message));
      let isFirst = true;
      socket.on('message', (text) => {
        if (isFirst && String(text).includes('"supports_preview_metadata":true')) {
          withMetadata.add(socket);
          push(clientId, JSON.stringify({ type: 'feature_flags', data: FEATURES }));
        }
        isFirst = false;
      });
      const end = Promise.withResolvers<void>();
      ended.set(socket, end.promise);
      socket.on('close', () => {
        byClient.delete(clientId);
        all.delete(socket);
        end.resolve();
      });
      socket.on('error', () => {});
    },
    /** To one client, or to all. */
    tell: (to: string | null, type: string, data: unknown) => push(to, JSON.stringify({ type, data })),
    preview(to: string, of: { node: string; promptId: string; jpeg: Buffer }) {
      const socket = byClient.get(to);
      const isNegotiated = socket !== undefined && withMetadata.has(socket) && !faults.legacyPreviews;
      push(to, isNegotiated ? previewWithMetadata(of) : Buffer.concat([words(1, 1), of.jpeg]));
    },
    terminate() {
      for (const socket of all) socket.terminate();
    },
  };
}

export const FEATURES = {
  supports_preview_metadata: true,
  max_upload_size: 104857600,
  extension: { manager: { supports_v4: true } },
};

function words(...values: number[]): Buffer {
  const buffer = Buffer.alloc(values.length * 4);
  for (const [i, value] of values.entries()) buffer.writeUInt32BE(value, i * 4);
  return buffer;
}

function previewWithMetadata({ node, promptId, jpeg }: { node: string; promptId: string; jpeg: Buffer }) {
  const metadata = Buffer.from(
    JSON.stringify({
      ...{ node_id: node, prompt_id: promptId, display_node_id: node, parent_node_id: null },
      ...{ real_node_id: node, image_type: 'image/jpeg' },
    }),
  );
  return Buffer.concat([words(4, metadata.length), metadata, jpeg]);
}
