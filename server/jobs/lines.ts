import type { QueueName } from './queue.ts';

/** The line of files to remove is everybody's; the others belong to an engine. */
export const FILES_LINE: QueueName = 'files.remove';

export const queuesOf = ({ training, generation }: { training: string; generation: string }): QueueName[] => [
  `training.${training}`,
  `generation.${generation}`,
  FILES_LINE,
];
