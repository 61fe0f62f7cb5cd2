/**
 * How a process that works for a job says so: by its environment, which its own children inherit, and which can be read
 * when everything that knew its pid is gone.
 */
const JOB_ID = 'ISENGARD_JOB_ID';
const ATTEMPT = 'ISENGARD_ATTEMPT';
/** Several installations may run on one machine; none of them judges the processes of another. */
const VOLUME = 'ISENGARD_VOLUME';

export type JobProcess = { jobId: string; attempt: number };

/** What an engine adds to the environment of each process that it starts. */
export const jobProcessEnv = ({ jobId, attempt }: JobProcess, volumeRoot: string) => ({
  [JOB_ID]: jobId,
  [ATTEMPT]: String(attempt),
  [VOLUME]: volumeRoot,
});

/** For whom a process with this environment works; null when for no job of the installation on this volume. */
export function jobProcessOf(env: Map<string, string>, volumeRoot: string): JobProcess | null {
  const jobId = env.get(JOB_ID);
  if (jobId === undefined || (env.get(VOLUME) ?? volumeRoot) !== volumeRoot) return null;
  return { jobId, attempt: Number(env.get(ATTEMPT)) };
}
