import type { JobKind } from '../gql/graphql.ts';

/** The page on which a job can be followed. */
export function jobHref(job: { id: string; kind: JobKind }): string {
  switch (job.kind) {
    case 'TRAINING':
      return `/trainings/${job.id}`;
    case 'GENERATION':
      return `/generate#${job.id}`;
    case 'DOWNLOAD':
      return '/settings/models';
  }
}
