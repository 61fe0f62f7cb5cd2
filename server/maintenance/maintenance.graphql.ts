import { inconsistencyKind } from '#schema/maintenance.ts';
import { builder, enumFrom } from '../builder.ts';
import { idempotencyKey, KEY_ERRORS } from '../idempotency.graphql.ts';
import { askedFor } from '../idempotency.ts';
import {
  type ConsistencyCheck as Check,
  type Inconsistency as Found,
  findCheck,
  inconsistenciesOf,
  newestCheck,
  orderCheck,
} from './checks.ts';

const InconsistencyKind = enumFrom(
  'InconsistencyKind',
  inconsistencyKind,
  'In which way two things disagree that belong together.',
  {
    job_without_message:
      'A job waits or runs, and nothing in the queue stands for it: no worker will come to it.',
    message_without_job: 'Something in the queue stands for a job that has ended or is gone.',
    job_without_lease: 'A job is running, and for a minute no worker has told that it works on it.',
    process_without_lease: 'A process works for a job that is not running under its attempt.',
    row_without_file: 'What the database knows has no file on the volume.',
    file_without_row: 'Nothing in the database names a file that is older than ORPHAN_HOURS.',
    file_changed: 'A file is not the one that was written: its size or its content is another.',
  },
);

const Inconsistency = builder.objectRef<Found>('Inconsistency').implement({
  description: 'Two things that belong together and disagree.',
  fields: (t) => ({
    kind: t.expose('kind', { type: InconsistencyKind }),
    subject: t.exposeString('subject', {
      description:
        'What it is about: the id of a job, `host:pid` of a process, or the path of a file on the volume.',
    }),
    message: t.exposeString('message', { description: 'What is wrong, for people, in English.' }),
  }),
});

const ConsistencyCheck = builder.objectRef<Check>('ConsistencyCheck').implement({
  description:
    'A look whether database, queue, volume, and the processes of the machine that looked, agree. It changes nothing. Kept for 30 days.',
  fields: (t) => ({
    id: t.exposeID('id'),
    startedAt: t.expose('startedAt', {
      type: 'DateTime',
      description: 'When it began; as long as it waits, when it was asked for.',
    }),
    finishedAt: t.expose('finishedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'Null as long as it waits or goes on.',
    }),
    jobs: t.exposeInt('jobs', { description: 'Jobs that it looked at: all that waited or ran.' }),
    messages: t.exposeInt('messages', { description: 'Entries of the queue that it looked at.' }),
    rows: t.exposeInt('rows', {
      description: 'Rows of the database that it looked at, each of which names a file.',
    }),
    files: t.exposeInt('files', { description: 'Files on the volume that it looked at.' }),
    error: t.exposeString('error', {
      nullable: true,
      description: 'Why it could not be done to its end; null when it could, or goes on.',
    }),
    inconsistencies: t.connection(
      {
        type: Inconsistency,
        description: 'What it found; the first 1000 are kept.',
        resolve: ({ id }, args) => inconsistenciesOf(id, args),
      },
      { name: 'InconsistencyConnection' },
      { name: 'InconsistencyEdge' },
    ),
  }),
});

builder.queryField('consistencyCheck', (t) =>
  t.field({
    type: ConsistencyCheck,
    nullable: true,
    guard: 'admin',
    description: 'The newest check that has ended; null before the first. One is made every night.',
    args: {
      id: t.arg.id({
        required: false,
        description: 'This check instead, ended or not; null when there is none with this id.',
      }),
    },
    resolve: (_, { id }) => (id == null ? newestCheck() : findCheck(id)),
  }),
);

const CheckConsistencyInput = builder.inputType('CheckConsistencyInput', {
  description: 'How thorough the check is.',
  fields: (t) => ({
    hashes: t.boolean({
      defaultValue: false,
      description:
        'Whether each file is read to its end and compared with its SHA-256, which takes long. Default: false.',
    }),
  }),
});
builder.mutationField('checkConsistency', (t) =>
  t.field({
    type: ConsistencyCheck,
    guard: 'admin',
    description: 'Puts a check in line; a worker does it as soon as it is free for that.',
    args: { input: t.arg({ type: CheckConsistencyInput }), idempotencyKey: idempotencyKey(t) },
    errors: {
      types: [...KEY_ERRORS],
      dataField: { name: 'consistencyCheck', description: 'As it was put in line.' },
    },
    resolve: (_, args) => orderCheck(args.input, askedFor('checkConsistency', args)),
  }),
);
