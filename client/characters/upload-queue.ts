import { createStore } from 'solid-js/store';

export type Outcome =
  | { kind: 'accepted' }
  | { kind: 'duplicate' }
  | { kind: 'rejected'; reason: string }
  /** Not the file's fault: another try may succeed. */
  | { kind: 'failed'; reason: string };

export type UploadState = 'waiting' | 'sending' | 'cancelled' | Outcome['kind'];

export type Upload = {
  id: string;
  name: string;
  bytes: number;
  state: UploadState;
  /** 0 to 1, of the bytes that left. */
  sent: number;
  reason: string | null;
};

type Send = (file: File, onSent: (fraction: number) => void, signal: AbortSignal) => Promise<Outcome>;

export type UploadQueue = {
  uploads: readonly Upload[];
  add: (files: readonly File[]) => void;
  cancel: (id: string) => void;
  cancelAll: () => void;
  retry: (id: string) => void;
  /** Forgets all that has ended. */
  clear: () => void;
};

const LIMIT_BYTES = 20 * 1024 * 1024;

function isTooLarge(file: File): string | null {
  if (file.size <= LIMIT_BYTES) return null;
  return `The photo is ${Math.ceil(file.size / 1024 / 1024)} MB; the limit is 20 MB.`;
}

/** Sends files a few at a time, each on its own, so that each has its progress, its reason and its own retry. */
export function createUploadQueue(options: { send: Send; atOnce: number; onEnded: () => void }): UploadQueue {
  const [uploads, setUploads] = createStore<Upload[]>([]);
  const files = new Map<string, File>();
  const running = new Map<string, AbortController>();
  let made = 0;

  const change = (id: string, part: Partial<Upload>) => setUploads((upload) => upload.id === id, part);

  const fill = () => {
    for (const upload of uploads) {
      if (running.size >= options.atOnce) return;
      if (upload.state === 'waiting') void start(upload.id);
    }
  };

  const start = async (id: string) => {
    const file = files.get(id);
    if (file === undefined) return;
    const abort = new AbortController();
    running.set(id, abort);
    change(id, { state: 'sending', sent: 0, reason: null });
    let outcome: Outcome;
    try {
      outcome = await options.send(file, (sent) => change(id, { sent }), abort.signal);
    } catch (error) {
      outcome = { kind: 'failed', reason: error instanceof Error ? error.message : 'The upload failed.' };
    }
    running.delete(id);
    if (!abort.signal.aborted) {
      change(id, { state: outcome.kind, sent: 1, reason: 'reason' in outcome ? outcome.reason : null });
    }
    if (outcome.kind === 'accepted' || outcome.kind === 'duplicate') files.delete(id);
    options.onEnded();
    fill();
  };

  const cancel = (id: string) => {
    const upload = uploads.find((candidate) => candidate.id === id);
    if (upload?.state !== 'waiting' && upload?.state !== 'sending') return;
    change(id, { state: 'cancelled', reason: null });
    running.get(id)?.abort();
  };

  return {
    uploads,
    add: (added) => {
      const next = added.map((file): Upload => {
        made += 1;
        const id = String(made);
        const reason = isTooLarge(file);
        files.set(id, file);
        return {
          id,
          name: file.name,
          bytes: file.size,
          state: reason === null ? 'waiting' : 'rejected',
          sent: 0,
          reason,
        };
      });
      setUploads((before) => [...before, ...next]);
      fill();
    },
    cancel,
    cancelAll: () => {
      for (const upload of [...uploads]) cancel(upload.id);
    },
    retry: (id) => {
      const upload = uploads.find((candidate) => candidate.id === id);
      if (upload === undefined || !files.has(id) || upload.state === 'sending') return;
      change(id, { state: 'waiting', reason: null, sent: 0 });
      fill();
    },
    clear: () => {
      const isOpen = (upload: Upload) => upload.state === 'waiting' || upload.state === 'sending';
      for (const upload of uploads) if (!isOpen(upload)) files.delete(upload.id);
      setUploads((before) => before.filter(isOpen));
    },
  };
}
