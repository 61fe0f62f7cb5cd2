import type { InconsistencyKind, Quota, StorageKind } from '../gql/graphql.ts';
import { formatCount } from '../ui/format.ts';

export const KIND_WORDS: Record<StorageKind, { many: string }> = {
  PHOTOS: { many: 'Photos' },
  REFERENCES: { many: 'Reference pictures' },
  TRAINED_LORAS: { many: 'Trained LoRAs' },
  UPLOADED_LORAS: { many: 'Uploaded LoRAs' },
  CHECKPOINTS: { many: 'Checkpoints' },
  SAMPLES: { many: 'Samples' },
  OUTPUTS: { many: 'Images' },
};

type QuotaUse = { quota: Quota; used: number; limit?: number | null };

/** How much is used of what there may be only so much of, and which setting says so. */
export function quotaWords({ quota, used, limit }: QuotaUse) {
  switch (quota) {
    case 'OPEN_JOBS':
      return {
        label: 'Jobs that wait or run',
        help: 'Set by MAX_OPEN_JOBS.',
        used: limit == null ? formatCount(used) : `${formatCount(used)} of ${formatCount(limit)}`,
      };
    case 'UPLOADED_GB':
      return {
        label: 'Uploads',
        help:
          limit == null
            ? 'Photos, reference pictures and uploaded LoRAs. No limit but the disk; MAX_UPLOADED_GB would set one.'
            : 'Photos, reference pictures and uploaded LoRAs. Set by MAX_UPLOADED_GB.',
        used: limit == null ? gigabytes(used) : `${gigabytes(used)} of ${gigabytes(limit)}`,
      };
  }
}

const gigabytes = (count: number) => `${count >= 10 ? Math.round(count) : Math.round(count * 100) / 100} GB`;

/** Each way in which things can disagree, and what to do then. */
export const FINDING_WORDS: Record<InconsistencyKind, { title: string; advice: string }> = {
  JOB_WITHOUT_MESSAGE: {
    title: 'No worker will come to this job',
    advice: 'Cancel it, then retry it.',
  },
  MESSAGE_WITHOUT_JOB: {
    title: 'The queue holds an entry without a job',
    advice: 'A worker that comes to it will drop it.',
  },
  JOB_WITHOUT_LEASE: {
    title: 'No worker holds this running job',
    advice: 'If none runs, start one: it takes the job over. Otherwise cancel and retry it.',
  },
  PROCESS_WITHOUT_LEASE: {
    title: 'A process works for a job that does not run',
    advice: 'Nobody waits for it, and it may hold the GPU: end it.',
  },
  ROW_WITHOUT_FILE: {
    title: 'A file is missing',
    advice: 'Put it back from a backup, or delete what it belongs to.',
  },
  FILE_WITHOUT_ROW: {
    title: 'A file belongs to nothing',
    advice: 'It only takes up space, and is moved aside at night.',
  },
  FILE_CHANGED: {
    title: 'A file has changed',
    advice: 'Put it back from a backup; a disk may be failing.',
  },
};
