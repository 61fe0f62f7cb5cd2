import { eq } from 'drizzle-orm';
import { downloads } from '#schema/models.ts';
import { failpoint } from '../failpoint.ts';
import type { Handler, JobRun } from '../jobs/run.ts';
import { type CatalogueModel, findModel } from './catalogue.ts';
import { DownloadFailure } from './failure.ts';
import { lookUp, type RemoteFile, read } from './hugging-face.ts';
import {
  checkSpace,
  type Place,
  partSize,
  placeFor,
  placePart,
  removePart,
  seemsThere,
  verifyPart,
  verifyThere,
  writePart,
} from './model-files.ts';
import { isDownload } from './models.ts';
import { MEGABYTE, progressOf, signOfLife, stepsOf } from './progress.ts';

/** A connection that broke after it brought less than this was no help; one that brought more is made again at once. */
const WORTH_BYTES = MEGABYTE;

/** Brings a model file into ComfyUI's folder: all of it, verified, or nothing that ComfyUI would see. */
export const downloadJob: Handler = async (run) => {
  const { job, signal } = run;
  if (!isDownload(job)) throw new Error(`Job ${job.id} is not a download.`);
  const model = findModel(job.download.modelId);
  if (model === undefined)
    throw new DownloadFailure({ code: 'MODEL_UNKNOWN', message: 'This version does not know this model.' });

  await enter(run, 'preparing');
  const file = await lookUp(model, signal);
  await recordFile(run, model, file);
  const place = await placeFor(model, file);
  const reading = { signal, onBytes: signOfLife(run) };
  if (await seemsThere(place, file)) {
    await enter(run, 'verifying', ['A file of this name and size is there already. Reading it.']);
    await verifyThere(place, file, reading);
    return async () => {};
  }
  try {
    await checkSpace(place, file);
    const had = await partSize(place, file);
    await enter(run, 'downloading', had > 0 ? [`Going on after ${megabytes(had)}, which came before.`] : []);
    await download(run, { model, file, place });
    await enter(run, 'verifying', [`All ${megabytes(file.bytes)} came. Reading them back.`]);
    // Bytes of an earlier attempt may have been lost with a machine's power, and a source may err once.
    await verifyPart(place, file, { ...reading, canRetry: had > 0 || job.attempt === 1 });
  } catch (error) {
    // What stopped otherwise is gone on with.
    if (signal.reason === 'cancelled') await removePart(place);
    throw error;
  }
  return async () => {
    await placePart(place);
    failpoint('job.file-kept');
  };
};

const megabytes = (bytes: number) => `${stepsOf(bytes)} MB`;

type Stage = 'preparing' | 'downloading' | 'verifying';

const enter = ({ record }: JobRun, stage: Stage, lines: string[] = []) =>
  record({
    set: { stage },
    events: [{ type: 'stage', data: { stage } }],
    logs: lines.map((message) => ({ level: 'info', message })),
  });

function recordFile({ job, record }: JobRun, { sha256, source }: CatalogueModel, file: RemoteFile) {
  const from = `${source.repo}, commit ${file.commit.slice(0, 12)}`;
  const checksum = sha256 === null ? 'as the source says, nobody else does' : 'as it was published';
  return record(
    {
      // What an earlier attempt had may be of another file; the download says how much is there.
      set: { step: 0, steps: stepsOf(file.bytes) },
      logs: [{ level: 'info', message: `From ${from}. SHA-256 ${file.sha256}, ${checksum}.` }],
    },
    (tx) => tx.update(downloads).set(file).where(eq(downloads.jobId, job.id)),
  );
}

type Download = { model: CatalogueModel; file: RemoteFile; place: Place };

/** All bytes that are missing. A connection that broke is made again for as long as that helps. */
async function download(run: JobRun, { model, file, place }: Download) {
  const { signal } = run;
  const progress = progressOf(run, file.bytes);
  try {
    for (;;) {
      const from = await partSize(place, file);
      progress.add(from);
      if (from === file.bytes) return await progress.flush();
      try {
        const source = await read(model, file, { from, signal });
        await writePart(place, { ...source, bytes: file.bytes }, progress.add);
        if ((await partSize(place, file)) < file.bytes) throw endedEarly();
      } catch (error) {
        const isWorth = (await partSize(place, file)) - from >= WORTH_BYTES;
        if (signal.aborted || !isWorth || !(error instanceof DownloadFailure && error.canRetry)) throw error;
        await run.record({ logs: [{ level: 'warn', message: `${error.message} Going on from there.` }] });
      }
    }
  } finally {
    await progress.drop();
  }
}

const endedEarly = () =>
  new DownloadFailure({
    code: 'SOURCE_UNCLEAR',
    message: 'The source ended before the end of the file.',
    canRetry: true,
  });
