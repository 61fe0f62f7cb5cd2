import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import sharp from 'sharp';
import { WebSocketServer } from 'ws';
import { type Faults, NO_FAULTS } from './faults.ts';
import { installation, type Models } from './installation.ts';
import { promptQueue } from './queue.ts';
import { answerTo } from './routes.ts';
import { sockets } from './sockets.ts';

export type { Faults } from './faults.ts';

export type ComfyuiOptions = {
  faults?: Partial<Faults>;
  port?: number;
  /** File names by folder, beside those in `modelsDir`. */
  models?: Models;
  modelsDir?: string | null;
  /** IP-Adapter and Impact. */
  withPacks?: boolean;
  maxUploadBytes?: number;
};

/** One call as it came, for tests that ask what was said. */
export type Call = { method: string; path: string; headers: IncomingMessage['headers']; body: Buffer };

/**
 * A ComfyUI without models or GPU, built from recordings of the real one: the same routes, answers, messages and their order, and real
 * PNGs that depend on the graph. It misbehaves on demand (faults.ts).
 */
export async function startComfyui(options: ComfyuiOptions = {}) {
  const faults: Faults = { ...NO_FAULTS, ...options.faults };
  const files = new Map<string, Buffer>();
  const sizes = new Map<string, { width: number; height: number }>();
  const calls: Call[] = [];
  const connections = new Set<Socket>();
  const told = sockets(faults);
  const input = () => [...files.keys()].flatMap((key) => /^input\/\/?(.+)$/.exec(key)?.[1] ?? []);
  const installed = await installation({
    models: options.models ?? {},
    modelsDir: options.modelsDir ?? null,
    withPacks: options.withPacks ?? true,
    input,
  });
  const newLife = () => ({
    queue: promptQueue({
      ...{ faults, tell: told, files },
      sizeOfFile: (name) => sizes.get(name) ?? { width: 512, height: 512 },
    }),
    counter: 0,
  });
  const life = { current: newLife() };

  async function keep(key: string, bytes: Buffer) {
    files.set(key, bytes);
    const { width, height } = await sharp(bytes)
      .metadata()
      .catch(() => ({ width: 0, height: 0 }));
    sizes.set(key.replace(/^input\/+/, ''), { width, height });
  }

  const server: Server = createServer(async (request, response) => {
    const body = await buffer(request).catch(() => Buffer.alloc(0));
    const path = (request.url ?? '/').replace(/^\/api(?=\/)/, '');
    calls.push({ method: request.method ?? '', path, headers: request.headers, body });
    if (faults.isSilent) return;
    const answer = await answerTo({
      ...{ request, path, body, faults, installed, files, keep, life: life.current },
      ...{
        isApi: request.url?.startsWith('/api/') ?? false,
        maxUploadBytes: options.maxUploadBytes ?? 104857600,
      },
    });
    if (answer === 'cut') return request.socket.destroy();
    response.writeHead(answer.status, answer.headers).end(answer.body);
  });
  server.on('connection', (socket) => {
    connections.add(socket);
    socket.once('close', () => connections.delete(socket));
  });
  const upgrades = new WebSocketServer({ noServer: true });
  server.on('upgrade', (request, socket, head) => {
    const url = new URL(request.url ?? '/', 'http://comfyui');
    const isWanted =
      url.pathname === '/ws' &&
      request.headers.origin === undefined &&
      !faults.refusesSockets &&
      !faults.isSilent;
    if (!isWanted) return socket.destroy();
    upgrades.handleUpgrade(request, socket, head, (ws) => {
      const sid = url.searchParams.get('clientId') ?? 'minted';
      const { queue } = life.current;
      const status = { status: { exec_info: { queue_remaining: queue.remaining() } }, sid };
      const { client, node } = queue.now();
      told.open(ws, sid, [
        { type: 'status', data: status },
        ...(client === sid && node !== null ? [{ type: 'executing', data: { node } }] : []),
      ]);
    });
  });

  server.listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;

  function kill() {
    life.current.queue.end();
    told.terminate();
    for (const connection of connections) connection.destroy();
  }

  return {
    url: `http://127.0.0.1:${port}`,
    faults,
    files,
    calls,
    sockets: () => told.all.size,
    /** Of prompts alone. */
    posts: () => calls.filter(({ method, path }) => method === 'POST' && path === '/prompt'),
    history: () => life.current.queue.history,
    /** As after SIGKILL: connections are cut, queue and history are gone, and it answers again after a while. */
    async restart(downMs = 100) {
      const closed = once(server, 'close');
      server.close();
      kill();
      await closed;
      await pause(downMs);
      life.current = newLife();
      faults.hangs = false;
      server.listen(port, '127.0.0.1');
      await once(server, 'listening');
    },
    async close() {
      const closed = once(server, 'close');
      server.close();
      kill();
      await closed;
    },
  };
}

export type Comfyui = Awaited<ReturnType<typeof startComfyui>>;
