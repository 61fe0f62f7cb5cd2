type Model = {
  group: string;
  isInstalled?: boolean | null | undefined;
  unsupported?: string | null | undefined;
  problem?: string | null | undefined;
};

export type Group<T> = { name: string; models: T[]; words: string };

/** In the order of their first model. */
export function groupsOf<T extends Model>(models: readonly T[]): Group<T>[] {
  return [...Map.groupBy(models, ({ group }) => group)].map(([name, inIt]) => ({
    name,
    models: inIt,
    words: wordsOf(inIt),
  }));
}

function wordsOf(models: readonly Model[]): string {
  const installed = models.filter(
    ({ isInstalled, problem }) => isInstalled === true && problem == null,
  ).length;
  return models.some(({ isInstalled }) => isInstalled == null)
    ? ''
    : `${installed} of ${models.length} installed`;
}

/** Why none of those that are not there can be had, when that is one and the same for all: then it is said once. */
export function commonReason(models: readonly Model[]): string | undefined {
  const missing = models.filter(({ isInstalled, problem }) => isInstalled !== true && problem == null);
  const reasons = new Set(missing.map(({ unsupported }) => unsupported ?? undefined));
  return reasons.size === 1 ? [...reasons][0] : undefined;
}

type Place = { position: number; waitsFor: { reason: string; message: string } };
type Download = {
  state: string;
  stage?: string | null | undefined;
  isCancelling: boolean;
  place?: Place | null | undefined;
};

const STAGES: Record<string, string> = {
  PREPARING: 'Asking for the file',
  DOWNLOADING: 'Downloading',
  VERIFYING: 'Checking the file',
};

/** What an open download does now. */
export function downloadWord({ state, stage, isCancelling, place }: Download): string {
  if (isCancelling) return 'Stopping';
  if (state === 'RUNNING') return STAGES[stage ?? ''] ?? 'Starting';
  return place == null || place.waitsFor.reason === 'TURN' ? 'Waiting for its turn' : place.waitsFor.message;
}
