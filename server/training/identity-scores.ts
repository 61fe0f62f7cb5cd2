import type { checkpoints, TrainingConfig } from '#schema/training.ts';

/** The samples of one step. */
export type Round = {
  step: number;
  samples: number;
  /** Those whose faces were looked for, whether or not that worked. */
  lookedAt: number;
  /** Those that have a score: it worked. */
  scored: number;
  /** Those that show a face. */
  withFace: number;
  /** The mean of the scores, 0 to 1; null without any. */
  score: number | null;
};

export type IdentityScore = {
  /** 0 to 1. */
  score: number;
  /** Whose samples it is of. */
  step: number;
  withFace: number;
  samples: number;
};

export type Checkpoint = typeof checkpoints.$inferSelect;
export type ScoredCheckpoint = Checkpoint & { identity: IdentityScore | null; isBest: boolean };

export type Scoring = {
  config: Pick<TrainingConfig, 'steps' | 'sampleEvery' | 'samplePrompts'>;
  /** The newest step; the samples of all before have come, or never will. */
  step: number;
  /** Its samples are compared, and more may come. */
  isUnderWay: boolean;
  rounds: readonly Round[];
};

/** Of the weights after a step: the score of the nearest samples. Null without any, and while they are not all compared. */
export function scoreAt(training: Scoring, step: number): IdentityScore | null {
  const sampled = nearestRound(training, step);
  const round = training.rounds.find((other) => other.step === sampled);
  if (sampled === null || isAwaited(training, sampled) || round === undefined) return null;
  if (round.score === null || round.lookedAt < round.samples) return null;
  return { score: round.score, step: sampled, withFace: round.withFace, samples: round.scored };
}

/** Each with its score, and which of them is the best. `undecided` are those that may be yet: none of them is to be taken away. */
export function scoreCheckpoints(training: Scoring, checkpoints: readonly Checkpoint[]) {
  const scored = checkpoints.map((checkpoint) => ({
    ...checkpoint,
    identity: scoreAt(training, checkpoint.step),
  }));
  const best = scored.reduce<(typeof scored)[number] | null>(better, null);
  return {
    checkpoints: scored.map((checkpoint) => ({ ...checkpoint, isBest: checkpoint === best })),
    undecided: [...Map.groupBy(checkpoints, ({ step }) => nearestRound(training, step))].flatMap(
      ([step, ofStep]) => (step !== null && isAwaited(training, step) ? [closest(ofStep, step)] : []),
    ),
  };
}

/** Those of the samples there are; while it goes on also those of the samples that are to come. */
function sampledSteps({ config, isUnderWay, rounds }: Scoring): number[] {
  const steps = new Set(rounds.map(({ step }) => step));
  if (isUnderWay) {
    for (let step = config.sampleEvery; step < config.steps; step += config.sampleEvery) steps.add(step);
    steps.add(config.steps);
  }
  return [...steps].sort((a, b) => a - b);
}

/** At most half a round away; of two as near, the earlier. */
function nearestRound(training: Scoring, step: number): number | null {
  const near = sampledSteps(training).filter(
    (other) => Math.abs(other - step) <= training.config.sampleEvery / 2,
  );
  return near.reduce<number | null>(
    (best, other) => (best === null || Math.abs(other - step) < Math.abs(best - step) ? other : best),
    null,
  );
}

/** Samples that have not come when the next round is due never will, as those that an engine left out. */
function isAwaited({ config, step, isUnderWay, rounds }: Scoring, sampled: number): boolean {
  if (!isUnderWay) return false;
  const round = rounds.find((other) => other.step === sampled);
  if (step < sampled + config.sampleEvery && (round?.samples ?? 0) < config.samplePrompts.length) return true;
  return round !== undefined && round.lookedAt < round.samples;
}

type Scored = Checkpoint & { identity: IdentityScore | null };

/** The higher score; of equal ones, which are mostly of one round, the nearer to it, and then the later. Without any likeness none. */
function better(best: Scored | null, other: Scored): Scored | null {
  if (other.identity === null || other.identity.score === 0) return best;
  if (best === null || best.identity === null) return other;
  if (other.identity.score !== best.identity.score)
    return other.identity.score > best.identity.score ? other : best;
  const [far, near] = [distance(best, best.identity.step), distance(other, other.identity.step)];
  if (far !== near) return near < far ? other : best;
  return other.step > best.step ? other : best;
}

const distance = (checkpoint: Checkpoint, step: number) => Math.abs(checkpoint.step - step);

const closest = (checkpoints: readonly Checkpoint[], step: number): Checkpoint =>
  checkpoints.reduce((best, other) => {
    const [a, b] = [distance(best, step), distance(other, step)];
    return b < a || (b === a && other.step > best.step) ? other : best;
  });
