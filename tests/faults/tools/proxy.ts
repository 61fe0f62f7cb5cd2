import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** What becomes of bytes: they pass, the connection is cut before they do, or it is cut at what the other side answers. */
export type Verdict = 'pass' | 'cut' | 'cut-answer';
/** Looks at what passes on one connection. */
export type Watch = (bytes: Buffer, from: 'client' | 'server') => Verdict;

/** Stands between two of our processes, on the wire, and is as unreliable as it is told to be. */
export type FaultyProxy = AsyncDisposable & {
  port: number;
  /** The address of what stands behind it, but through it. */
  through(url: string): string;
  /** How many connections have ever been made, and how many were refused. */
  connections(): number;
  refused(): number;
  /** Ends all connections, in the middle of whatever they carry. */
  cut(): void;
  /** Ends all connections and takes no new ones, until `accept`. */
  refuse(): void;
  accept(): void;
  /** Keeps all connections open and lets nothing pass, as when a cable is pulled, until `release`. */
  hold(): void;
  release(): void;
  /** Every piece of bytes arrives so much later. */
  delay(ms: number): void;
  /** Of the answers on each connection only so many more bytes arrive; then it is cut. */
  truncateAfter(bytes: number): void;
  /** New connections go there from now on. */
  aim(url: string): void;
  watch(watchOf: () => Watch): void;
};

type Link = { cut(): void; pause(): void; resume(): void; left: number };

const lets: Watch = () => 'pass';

export async function startProxy(url: string): Promise<FaultyProxy> {
  const links = new Set<Link>();
  const state = {
    target: new URL(url),
    isRefusing: false,
    isHolding: false,
    delayMs: 0,
    watchOf: () => lets,
  };
  let connections = 0;
  let refused = 0;

  const server = createServer((client) => {
    client.on('error', () => {});
    if (state.isRefusing) {
      refused++;
      client.destroy();
      return;
    }
    connections++;
    const { hostname, port } = state.target;
    const upstream = connect(Number(port), hostname.replace('localhost', '127.0.0.1'));
    const watch = state.watchOf();
    const link: Link = {
      left: Number.POSITIVE_INFINITY,
      cut() {
        links.delete(link);
        client.destroy();
        upstream.destroy();
      },
      pause: () => [client, upstream].forEach((socket) => void socket.pause()),
      resume: () => [client, upstream].forEach((socket) => void socket.resume()),
    };
    links.add(link);
    const doom = { atAnswer: false };
    carry(client, upstream, (bytes) => {
      const verdict = watch(bytes, 'client');
      if (verdict === 'cut-answer') doom.atAnswer = true;
      return verdict !== 'cut';
    });
    carry(upstream, client, (bytes) => {
      if (doom.atAnswer || watch(bytes, 'server') !== 'pass') return false;
      link.left -= bytes.length;
      return link.left >= 0;
    });

    function carry(from: Socket, to: Socket, mayPass: (bytes: Buffer) => boolean) {
      let carried: Promise<unknown> = Promise.resolve();
      const later = (work: () => void) => {
        const { delayMs } = state;
        if (delayMs > 0) carried = carried.then(() => new Promise((done) => setTimeout(done, delayMs)));
        carried = carried.then(work);
      };
      from.on('data', (bytes) => {
        if (!mayPass(bytes)) return link.cut();
        later(() => void to.write(bytes));
      });
      from.on('error', () => {});
      from.on('end', () => later(() => void to.end()));
      from.on('close', () => later(() => link.cut()));
    }
    if (state.isHolding) link.pause();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;

  const each = (act: (link: Link) => void) => [...links].forEach(act);
  return {
    port,
    through(address) {
      const other = new URL(address);
      other.port = String(port);
      return other.href.replace(/\/$/, '');
    },
    connections: () => connections,
    refused: () => refused,
    cut: () => each((link) => link.cut()),
    refuse() {
      state.isRefusing = true;
      each((link) => link.cut());
    },
    accept() {
      state.isRefusing = false;
    },
    hold() {
      state.isHolding = true;
      each((link) => link.pause());
    },
    release() {
      state.isHolding = false;
      each((link) => link.resume());
    },
    delay(ms) {
      state.delayMs = ms;
    },
    truncateAfter: (bytes) =>
      each((link) => {
        link.left = bytes;
      }),
    aim(address) {
      state.target = new URL(address);
    },
    watch(watchOf) {
      state.watchOf = watchOf;
    },
    async [Symbol.asyncDispose]() {
      each((link) => link.cut());
      server.close();
      await once(server, 'close');
    },
  };
}
