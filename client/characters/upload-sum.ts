import { plural } from '../ui/format.ts';
import type { Upload } from './upload-queue.ts';

type UploadSum = { total: number; open: number; fraction: number; words: string };

/** All uploads in one line: how many, how far, and at the end what came of them. */
export function sumUploads(uploads: readonly Upload[]): UploadSum {
  const count = (state: Upload['state']) => uploads.filter((upload) => upload.state === state).length;
  const open = count('waiting') + count('sending');
  const bytes = uploads.reduce((sum, upload) => sum + upload.bytes, 0);
  const sent = uploads.reduce((sum, upload) => {
    const isOpen = upload.state === 'waiting' || upload.state === 'sending';
    return sum + upload.bytes * (isOpen ? upload.sent : 1);
  }, 0);
  const parts = [
    [count('accepted'), 'added'],
    [count('duplicate'), 'already here'],
    [count('rejected'), 'not accepted'],
    [count('failed'), 'failed'],
    [count('cancelled'), 'cancelled'],
  ] as const;
  const words = parts
    .filter(([number]) => number > 0)
    .map(([number, what], index) =>
      index === 0 ? `${plural(number, 'photo')} ${what}` : `${number} ${what}`,
    )
    .join(', ');
  return { total: uploads.length, open, fraction: bytes === 0 ? 1 : sent / bytes, words };
}
