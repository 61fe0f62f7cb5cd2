import type { InconsistencyKind, Report } from '../maintenance/report.ts';

/** What each finding means for whom it concerns. */
const ADVICE: Record<InconsistencyKind, string> = {
  job_without_message: 'No worker will come to these jobs: cancel them, and retry them.',
  message_without_job: 'A worker that comes to it will drop it; if it stays, say so in a bug report.',
  job_without_lease: 'If no worker runs, start one: it takes them over. Otherwise cancel and retry them.',
  process_without_lease: 'Work that nobody waits for, perhaps on the GPU: end these processes.',
  row_without_file: 'Put the files back from a backup, or delete what they belong to.',
  file_without_row:
    'They only take up space: the sweeper moves them aside at night, or now with --quarantine.',
  file_changed: 'Put the files back from a backup; a disk may be failing.',
};

const TITLE: Record<InconsistencyKind, string> = {
  job_without_message: 'Jobs without a message in the queue',
  message_without_job: 'Messages in the queue without a job',
  job_without_lease: 'Running jobs that no worker holds',
  process_without_lease: 'Processes of jobs that do not run',
  row_without_file: 'Rows without their file',
  file_without_row: 'Files without a row',
  file_changed: 'Files that changed',
};

const SHOWN = 20;

const number = (count: number) => count.toLocaleString('en').padStart(10);

/** For people, a line each. */
export function* reportLines({ looked, found, kept }: Report, { hashes }: { hashes: boolean }) {
  yield '';
  yield 'Looked at';
  yield `${number(looked.jobs)}  jobs that wait or run`;
  yield `${number(looked.messages)}  messages in the queue`;
  yield `${number(looked.rows)}  rows that name a file${hashes ? ', each compared with its content' : ''}`;
  yield `${number(looked.files)}  files on the volume`;
  yield '';
  if (found.size === 0) {
    yield 'Everything agrees.';
    return;
  }
  yield 'Found';
  for (const [kind, count] of found) {
    yield `${number(count)}  ${TITLE[kind]}`;
    yield `${' '.repeat(12)}→ ${ADVICE[kind]}`;
    const shown = kept.filter((finding) => finding.kind === kind).slice(0, SHOWN);
    for (const { message } of shown) yield `${' '.repeat(12)}${message}`;
    if (count > shown.length)
      yield `${' '.repeat(12)}… and ${(count - shown.length).toLocaleString('en')} more.`;
  }
}
