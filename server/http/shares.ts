import type { Socket } from 'node:net';

/** Counts open connections by a key, such as where they come from. */
export function sharesOf(limit: number) {
  const open = new Map<string, number>();
  return {
    limit,
    /** Counts this one until it closes. Whether it is one too many. */
    isExceededBy(connection: Socket, key: string): boolean {
      const count = (open.get(key) ?? 0) + 1;
      open.set(key, count);
      connection.once('close', () => {
        const left = (open.get(key) ?? 1) - 1;
        if (left === 0) open.delete(key);
        else open.set(key, left);
      });
      return count > limit;
    },
  };
}
