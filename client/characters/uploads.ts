import type { Client } from '@urql/core';
import { graphql } from '../gql/index.ts';
import { describe } from '../graphql/errors.ts';
import { UPLOAD_HEADERS, uploadingFetch } from '../graphql/upload.ts';
import { createUploadQueue, type Outcome, type UploadQueue } from './upload-queue.ts';

const UploadImages = graphql(`
  mutation UploadImages($input: UploadImagesInput!, $idempotencyKey: String) {
    uploadImages(input: $input, idempotencyKey: $idempotencyKey) {
      __typename
      ... on UploadImagesSuccess {
        results {
          __typename
          ... on ImageAccepted { image { id } }
          ... on ImageDuplicate { image { id } }
          ... on ImageRejected { message }
        }
        character { id imageCount }
      }
      ... on UserError { message }
    }
  }
`);

const AT_ONCE = 3;

type Photo = { characterId: string; file: File; idempotencyKey: string };

/** Sends one photo as a mutation of its own; `signal` takes it back. */
function uploadPhoto(
  client: Client,
  { characterId, file, idempotencyKey }: Photo,
  onSent: (fraction: number) => void,
  signal: AbortSignal,
): Promise<Outcome> {
  return new Promise((resolve) => {
    const source = client.mutation(
      UploadImages,
      { input: { characterId, files: [file] }, idempotencyKey },
      { fetch: uploadingFetch(onSent), fetchOptions: { headers: UPLOAD_HEADERS } },
    );
    const { unsubscribe } = source.subscribe((answer) => {
      if (answer.error !== undefined) {
        const { message } = describe(answer.error, answer.operation);
        return resolve({ kind: 'failed', reason: message });
      }
      const result = answer.data?.uploadImages;
      if (result === undefined) return;
      if (result.__typename !== 'UploadImagesSuccess')
        return resolve({ kind: 'rejected', reason: result.message });
      const photo = result.results[0];
      if (photo?.__typename === 'ImageRejected') resolve({ kind: 'rejected', reason: photo.message });
      else resolve({ kind: photo?.__typename === 'ImageDuplicate' ? 'duplicate' : 'accepted' });
    });
    signal.addEventListener('abort', () => {
      unsubscribe();
      resolve({ kind: 'failed', reason: 'Cancelled' });
    });
  });
}

const queues = new Map<string, { queue: UploadQueue; listeners: Set<() => void> }>();

function hasOpen(): boolean {
  const isOpen = (state: string) => state === 'waiting' || state === 'sending';
  return [...queues.values()].some(({ queue }) => queue.uploads.some((upload) => isOpen(upload.state)));
}

window.addEventListener('beforeunload', (event) => {
  if (hasOpen()) event.preventDefault();
});

/** A character's uploads. They go on while one looks at other pages. */
export function uploadsOf(
  client: Client,
  characterId: string,
): { queue: UploadQueue; listeners: Set<() => void> } {
  const known = queues.get(characterId);
  if (known !== undefined) return known;
  const listeners = new Set<() => void>();
  // A photo that is sent again is answered as if it had been sent once, and is no duplicate of itself.
  const keys = new WeakMap<File, string>();
  const keyOf = (file: File) => {
    const key = keys.get(file) ?? crypto.randomUUID();
    keys.set(file, key);
    return key;
  };
  const queue = createUploadQueue({
    atOnce: AT_ONCE,
    send: (file, onSent, signal) =>
      uploadPhoto(client, { characterId, file, idempotencyKey: keyOf(file) }, onSent, signal),
    onEnded: () => {
      for (const listener of listeners) listener();
    },
  });
  const made = { queue, listeners };
  queues.set(characterId, made);
  return made;
}
