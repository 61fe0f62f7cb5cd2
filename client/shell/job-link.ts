/** The page on which a job can be followed. */
export function jobHref(job: { id: string; kind: 'TRAINING' | 'GENERATION' }): string {
  return job.kind === 'TRAINING' ? `/trainings/${job.id}` : `/generate#${job.id}`;
}
