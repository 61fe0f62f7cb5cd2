import { attemptOutcome, type JobFailure, jobKind, jobStage, jobState, logLevel } from '#schema/jobs.ts';
import { builder, enumFrom } from '../builder.ts';
import { type AttemptRow, attemptsOf } from './attempts.ts';
import { type Eta, elapsedSecondsOf, etaOf } from './eta.ts';
import { logOf } from './job-lists.ts';
import { findJob, type JobDetails } from './jobs.ts';
import { type Place, placesOf, type Wait, type WaitReason } from './places.ts';

export const JobKind = enumFrom('JobKind', jobKind, 'What a job makes.', {
  training: 'A LoRA. The job is a `Training`.',
  generation: 'Images. The job is a `Generation`.',
  download: 'A model file. The job is a `Download`.',
});
export const JobState = enumFrom(
  'JobState',
  jobState,
  'QUEUED → RUNNING → COMPLETED, FAILED or CANCELLED, and from QUEUED to CANCELLED directly. A job goes back from RUNNING to QUEUED when its worker stops or is lost, or when what failed may succeed at another try. The last three are final.',
  {
    queued: 'Waits for a worker, before its first attempt or before another.',
    running: 'A worker has it.',
    completed: 'Everything was made. Final.',
    failed: 'It cannot be done, or failed too often; `error` says why. Final.',
    cancelled: 'Stopped on request; what was made until then stays. Final.',
  },
);
export const JobStage = enumFrom('JobStage', jobStage, 'What a running job is doing.', {
  preparing: 'Gathering what the engine needs.',
  loading_model: 'Reading the base model, and the LoRAs of a generation.',
  caching: 'Encoding the photos and captions once for all steps.',
  training: 'Taking training steps.',
  sampling: 'Making images: the samples of a training, the outputs of a generation.',
  saving: 'Writing a checkpoint or an image.',
  exporting: 'Writing the finished LoRA.',
  postprocessing: 'Faces and upscaling.',
  downloading: 'Bringing the bytes of a file here.',
  verifying: 'Reading a file back and checking it.',
});
export const LogLevel = enumFrom('LogLevel', logLevel, 'How grave a log line is.', {
  debug: 'For whoever looks for a fault.',
  info: 'What goes as it should.',
  warn: 'Goes on, but not as it should.',
  error: 'Something did not work.',
});

export const JobErrorRef = builder.objectRef<JobFailure>('JobError').implement({
  description: 'Why a job failed.',
  fields: (t) => ({
    code: t.exposeString('code', {
      description: 'For programs: `OUT_OF_MEMORY`, `ENGINE_CRASHED`, `INTERNAL` …',
    }),
    message: t.exposeString('message', { description: 'What happened, one sentence.' }),
    advice: t.exposeString('advice', {
      nullable: true,
      description: 'What to do about it, where that is known.',
    }),
  }),
});

export const EtaRef = builder.objectRef<Eta>('Eta').implement({
  description: 'When a job will end, in seconds from now, with the range that its pace so far allows.',
  fields: (t) => ({
    seconds: t.exposeFloat('seconds', { description: 'The middle of the range.' }),
    lowSeconds: t.exposeFloat('lowSeconds', { description: 'If it goes as well as it ever did.' }),
    highSeconds: t.exposeFloat('highSeconds', { description: 'If it goes as slowly as it ever did.' }),
  }),
});

const LogLine = builder.objectRef<{
  seq: number;
  at: Date;
  level: (typeof logLevel.enumValues)[number];
  message: string;
}>('LogLine');
LogLine.implement({
  description: 'One line of a job log.',
  fields: (t) => ({
    cursor: t.string({
      resolve: ({ seq }) => String(seq),
      description: 'Its place among the events of the job.',
    }),
    at: t.expose('at', { type: 'DateTime', description: 'When it was written down.' }),
    level: t.expose('level', { type: LogLevel }),
    message: t.exposeString('message', { description: 'As the engine said it.' }),
  }),
});

const LogLineConnection = builder.connectionObject(
  { type: LogLine, name: 'LogLineConnection' },
  { name: 'LogLineEdge' },
);

const WaitReasonRef = builder.enumType('WaitReason', {
  description: 'Why a waiting job is not started.',
  values: {
    TURN: {
      value: 'turn',
      description: 'Others of its line come first, or a worker takes it at any moment.',
    },
    RETRY: {
      value: 'retry',
      description: 'An attempt failed or its worker was lost; the next one comes after a while.',
    },
    DISK_SPACE: {
      value: 'disk_space',
      description: 'The volume was full. It goes on by itself when there is space.',
    },
    PAUSED: { value: 'paused', description: 'Its queue is paused.' },
    NO_WORKER: {
      value: 'no_worker',
      description: 'No worker that lives, is not drained, and has a healthy engine serves its queue.',
    },
  } satisfies Record<Uppercase<WaitReason>, { value: WaitReason; description: string }>,
});

const WaitRef = builder.objectRef<Wait>('Wait').implement({
  description: 'What a waiting job waits for.',
  fields: (t) => ({
    reason: t.expose('reason', { type: WaitReasonRef, description: 'For programs.' }),
    message: t.exposeString('message', { description: 'For people, one or two sentences.' }),
    until: t.expose('until', {
      type: 'DateTime',
      nullable: true,
      description: 'Not before then; null where no time is set.',
    }),
  }),
});

const PlaceRef = builder.objectRef<Place>('Place').implement({
  description: 'The place of a waiting job in its line.',
  fields: (t) => ({
    position: t.exposeInt('position', {
      description:
        'From 1, in the order in which workers take them. As it was when asked for: each start, end or move of a job before it changes it, and `jobUpdates` tells of that job only. Ask for the line again then.',
    }),
    expectedStartAt: t.field({
      type: 'DateTime',
      nullable: true,
      description:
        'From the steps of all before it, at the median pace of the last 20 jobs that its line completed and of those that run; what other lines do on the same GPU is not in it. Null before there is a pace, or when nobody knows: it is paused, held, or has no worker.',
      resolve: ({ start }) => start?.expectedAt ?? null,
    }),
    earliestStartAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'At the pace of the quickest tenth of these jobs. Null as `expectedStartAt`.',
      resolve: ({ start }) => start?.earliestAt ?? null,
    }),
    latestStartAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'At the pace of the slowest tenth of these jobs. Null as `expectedStartAt`.',
      resolve: ({ start }) => start?.latestAt ?? null,
    }),
    waitsFor: t.field({
      type: WaitRef,
      description: 'Why it is not started yet.',
      resolve: ({ wait }) => wait,
    }),
  }),
});

const AttemptOutcome = enumFrom('AttemptOutcome', attemptOutcome, 'What became of an attempt.', {
  running: 'It goes on.',
  completed: 'It made everything that was missing.',
  failed: 'It met an error, which it has.',
  cancelled: 'It was stopped on request.',
  lost: 'Its worker fell silent: it died, or could not be reached.',
  returned: 'Its worker was stopped in order and gave the job back. It does not count against the job.',
  held: 'It met what no job can help, such as a full disk. It does not count against the job.',
});

const AttemptRef = builder.objectRef<AttemptRow>('JobAttempt').implement({
  description: 'One time that a worker took a job.',
  fields: (t) => ({
    number: t.exposeInt('number', { description: 'From 1.' }),
    workerId: t.exposeID('workerId', { description: 'Who ran it; that worker may be gone.' }),
    host: t.exposeString('host', { description: 'Name of the machine.' }),
    outcome: t.expose('outcome', { type: AttemptOutcome, description: 'How it ended.' }),
    error: t.expose('failure', {
      type: JobErrorRef,
      nullable: true,
      description: 'What it met; null when nothing was wrong.',
    }),
    startedAt: t.expose('startedAt', { type: 'DateTime', description: 'When the worker took the job.' }),
    endedAt: t.expose('endedAt', { type: 'DateTime', nullable: true, description: 'Null while it runs.' }),
  }),
});

const TYPE_OF = { training: 'Training', generation: 'Generation', download: 'Download' } as const;

export const Job = builder.interfaceRef<JobDetails>('Job').implement({
  description:
    'One piece of work for a worker. Trainings, generations and downloads are jobs, under the same id.',
  resolveType: ({ kind }) => TYPE_OF[kind],
  fields: (t) => ({
    id: t.exposeID('id', { description: 'Also of the training, generation or download that it is.' }),
    kind: t.expose('kind', { type: JobKind }),
    state: t.expose('state', { type: JobState }),
    isCancelling: t.boolean({
      description: 'A stop was asked for, and the worker is saving what it can.',
      resolve: ({ state, cancelRequestedAt }) => state === 'running' && cancelRequestedAt !== null,
    }),
    stage: t.expose('stage', { type: JobStage, nullable: true, description: 'Null unless it is running.' }),
    title: t.exposeString('title', { description: 'For lists, such as `Mara · training 7`.' }),
    step: t.exposeInt('step', { description: 'Steps done, out of `steps`.' }),
    steps: t.exposeInt('steps', {
      description:
        'Of a training its optimizer steps, of a generation the sampler steps of all its images, of a download its megabytes.',
    }),
    stepsPerSecond: t.exposeFloat('stepsPerSecond', {
      nullable: true,
      description: 'Pace of the last seconds; null unless it is running and has a pace.',
    }),
    elapsedSeconds: t.float({
      nullable: true,
      description:
        'From its first start to its end or until now, waiting in between included; null before it started.',
      resolve: elapsedSecondsOf,
    }),
    eta: t.field({
      type: EtaRef,
      nullable: true,
      description: 'Null unless it is running and has a pace.',
      resolve: (job) =>
        job.state === 'running' ? etaOf({ ...job, elapsedSeconds: elapsedSecondsOf(job) }) : null,
    }),
    attempt: t.exposeInt('attempt', {
      description:
        'How often it was started: 0 while it waits first, then 1, and one more each time that it goes on after its worker stopped or was lost, or is tried again after a failure.',
    }),
    engine: t.exposeString('engine', { description: 'What runs it, such as `fast-test`.' }),
    workerId: t.exposeID('workerId', { nullable: true, description: 'Who runs it, or ran it last.' }),
    place: t.loadable({
      type: PlaceRef,
      nullable: true,
      description: 'Where it stands in its line and why it waits; null unless it waits.',
      load: (ids: string[]) => placesOf(ids),
      loaderOptions: { cache: false },
      resolve: ({ id, state }) => (state === 'queued' ? id : null),
    }),
    attempts: t.loadableList({
      type: AttemptRef,
      description: 'Each time that a worker took it, the first one first.',
      load: (ids: string[]) => attemptsOf(ids),
      loaderOptions: { cache: false },
      resolve: ({ id }) => id,
    }),
    correlationId: t.exposeString('correlationId', {
      description: 'Of the request that started it: in each of its events and log lines.',
    }),
    error: t.expose('failure', { type: JobErrorRef, nullable: true, description: 'Null unless it failed.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was put in line.' }),
    startedAt: t.expose('startedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'Its first start; null before that.',
    }),
    finishedAt: t.expose('finishedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'Null until it is COMPLETED, FAILED or CANCELLED.',
    }),
    cursor: t.string({
      description:
        'The newest event that this object contains. Give it as `after` to `jobEvents` to go on from here.',
      resolve: ({ lastSeq }) => String(lastSeq),
    }),
    log: t.connection(
      {
        type: LogLine,
        description: 'What the engine said, oldest first; at most 500 lines a page.',
        resolve: (job, args) => logOf(job.id, args),
      },
      LogLineConnection,
    ),
  }),
});

builder.interfaceField(Job, 'retryOf', (t) =>
  t.field({
    type: Job,
    nullable: true,
    description:
      'The job that this one tries again or goes on from; null for most, and when that was deleted.',
    resolve: ({ retryOfId }) => (retryOfId === null ? null : findJob(retryOfId)),
  }),
);

export const JobConnection = builder.connectionObject(
  { type: Job, name: 'JobConnection' },
  { name: 'JobEdge' },
);
