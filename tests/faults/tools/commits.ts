import type { Verdict, Watch } from './proxy.ts';

/**
 * Watches a client's side of the PostgreSQL protocol and asks `judge` at every COMMIT: sent as text, or prepared under a name
 * and then bound by it. https://www.postgresql.org/docs/18/protocol-message-formats.html
 */
export const atCommits = (judge: () => Verdict) => (): Watch => {
  const prepared = new Set<string>();
  let rest = Buffer.alloc(0);
  let hasStarted = false;

  function isCommit(type: string, body: Buffer) {
    const texts = body.toString('latin1').split('\0');
    if (type === 'Q') return /^commit$/i.test(texts[0] ?? '');
    if (type === 'P' && /^commit$/i.test(texts[1] ?? '')) prepared.add(texts[0] ?? '');
    return type === 'B' && prepared.has(texts[1] ?? '');
  }

  return (bytes, from) => {
    if (from === 'server') return 'pass';
    rest = Buffer.concat([rest, bytes]);
    let verdict: Verdict = 'pass';
    for (;;) {
      // The very first message has no type.
      const head = hasStarted ? 1 : 0;
      if (rest.length < head + 4) return verdict;
      const end = head + rest.readUInt32BE(head);
      if (rest.length < end) return verdict;
      if (hasStarted && isCommit(rest.toString('latin1', 0, 1), rest.subarray(5, end))) verdict = judge();
      hasStarted = true;
      rest = rest.subarray(end);
    }
  };
};
