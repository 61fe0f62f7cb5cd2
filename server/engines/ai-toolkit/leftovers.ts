import { readdir, readFile } from 'node:fs/promises';

/**
 * Kills trainers of this job that an earlier attempt has left on this machine: its worker was killed, and the guard of the
 * group with it. They are known by their environment, which names the job, so that none of another is met; each is told once.
 * Linux only; elsewhere there is nothing to read.
 */
export async function killLeftovers(jobId: string): Promise<number[]> {
  const killed: number[] = [];
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name)).map(Number);
  for (const pid of pids) {
    const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
    if (pid === process.pid || !environment.split('\0').includes(`AITK_JOB_ID=${jobId}`)) continue;
    try {
      process.kill(pid, 'SIGKILL');
      killed.push(pid);
    } catch {
      // It has ended meanwhile.
    }
  }
  return killed;
}
