import type { WaitReason } from '../gql/graphql.ts';

type Place = { position: number; waitsFor: { reason: WaitReason } };

const WORDS: Record<Exclude<WaitReason, 'TURN'>, string> = {
  RETRY: 'Retries soon',
  DISK_SPACE: 'Disk full',
  PAUSED: 'Queue paused',
  NO_WORKER: 'No worker',
};

/** Two words for a badge: the place of a waiting job, or what keeps it from being started. */
export function placeWord(place: Place | null | undefined): string {
  if (place == null) return 'Queued';
  const { reason } = place.waitsFor;
  if (reason !== 'TURN') return WORDS[reason];
  return place.position === 1 ? 'Next' : `Place ${place.position}`;
}
