import type { Exchange } from '@urql/core';
import { type Cache, cacheExchange, type UpdateResolver } from '@urql/exchange-graphcache';
import { possibleTypes } from './possible-types.ts';

/** Parts of their parent, without an id of their own. */
const EMBEDDED = [
  'Info',
  'Access',
  'Viewer',
  'NewInvitation',
  'Capabilities',
  'TrainingCapabilities',
  'GenerationCapabilities',
  'VideoCapabilities',
  'EngineHealth',
  'BaseModel',
  'GenerationDefaults',
  'Lack',
  'Toggle',
  'NumberParameter',
  'ChoiceParameter',
  'BooleanParameter',
  'TextParameter',
  'ChoiceOption',
  'TrainingPreset',
  'TrainingConfig',
  'TrainingConfigChange',
  'AspectPreset',
  'OutputMonth',
  'PurgedOutputs',
  'DatasetPhoto',
  'CharacterContents',
  'Eta',
  'JobError',
  'Finding',
  'TrainingPreflight',
  'EngineReport',
  'JobAttempt',
  'Place',
  'Wait',
  'CancelledJobs',
  'RetriedJobs',
  'SkippedJob',
  'LogLine',
  'JobCounts',
  'Gpu',
  'GpuReading',
  'IdentityScore',
  'Metric',
  'StepMetric',
  'LoraUse',
  'InitImageUse',
  'ControlNetUse',
  'IpAdapterUse',
  'FaceDetailerUse',
  'UpscaleUse',
  'Preview',
  'Grid',
  'GridLora',
  'Cell',
  'ExpandedPrompt',
  'Licence',
  'Storage',
  'StorageUse',
  'CharacterStorage',
  'QuotaUse',
  'JobStateChanged',
  'JobStageChanged',
  'JobProgressed',
  'JobLogged',
  'SampleAdded',
  'SampleScored',
  'CheckpointAdded',
  'OutputAdded',
  'PreviewUpdated',
];

const JOB_LISTS = ['jobs', 'jobCounts', 'queues', 'trainings', 'generations'];
const RESULT_LISTS = ['outputs', 'outputMonths', 'loras', 'models'];

function forget(cache: Cache, entity: string, fields: readonly string[]): void {
  for (const field of cache.inspectFields(entity)) {
    if (fields.includes(field.fieldName)) cache.invalidate(entity, field.fieldName, field.arguments);
  }
}

function forgetCharacterSums(cache: Cache, id: string): void {
  forget(cache, `Character:${id}`, ['lastTraining', 'newestLora', 'loraCount', 'outputCount', 'contents']);
}

/** After a mutation succeeded, these root lists are read again by whoever shows them. */
function forgetting(...fields: string[]): UpdateResolver {
  return (_result, _args, cache) => forget(cache, 'Query', fields);
}

/** Images came into the trash or out of it: their batches, their neighbours and the months are others now. */
const onTrash: UpdateResolver<Record<string, { outputs?: { generation: { id: string } }[] }>> = (
  result,
  _args,
  cache,
) => {
  for (const answer of Object.values(result))
    for (const { generation } of answer?.outputs ?? [])
      forget(cache, `Generation:${generation.id}`, ['outputs', 'removedIndexes']);
  forget(cache, 'Query', ['output', 'outputs', 'outputMonths', 'character']);
};

type JobUpdate = { jobUpdates: { id: string; state: string; character?: { id: string } | null } | null };

type WorkerUpdate = { workerUpdates: { __typename: string; id: string }[] };

export function createCache(): Exchange {
  // Lists hold jobs by state: they are read again when a state changed, not at each step.
  const states = new Map<string, string>();
  const onJobUpdate: UpdateResolver<JobUpdate> = (result, _args, cache) => {
    const job = result.jobUpdates;
    if (job === null || states.get(job.id) === job.state) return;
    states.set(job.id, job.state);
    forget(cache, 'Query', [...JOB_LISTS, ...RESULT_LISTS]);
    if (job.character != null) forgetCharacterSums(cache, job.character.id);
  };

  // Each tells all workers that there are: those who came and went are in the list at once.
  const onWorkerUpdate: UpdateResolver<WorkerUpdate> = ({ workerUpdates }, _args, cache) => {
    cache.link('Query', 'workers', workerUpdates);
  };

  return cacheExchange({
    possibleTypes,
    keys: {
      ...Object.fromEntries(EMBEDDED.map((type) => [type, () => null])),
      Queue: ({ name }) => String(name),
    },
    updates: {
      Mutation: {
        createCharacter: forgetting('characters'),
        updateCharacter: forgetting('characters'),
        deleteCharacter: forgetting('characters', ...JOB_LISTS, ...RESULT_LISTS),
        uploadImages: forgetting('characters'),
        deleteImages: (result: { deleteImages: { deletedIds?: string[] } }, _args, cache) => {
          for (const id of result.deleteImages.deletedIds ?? []) cache.invalidate(`Image:${id}`);
        },
        createLora: forgetting('loras'),
        startTraining: forgetting(...JOB_LISTS),
        resumeTraining: forgetting(...JOB_LISTS),
        startGeneration: forgetting(...JOB_LISTS),
        repeatGeneration: forgetting(...JOB_LISTS),
        createWildcard: forgetting('wildcards'),
        updateWildcard: forgetting('wildcards'),
        deleteWildcard: forgetting('wildcards'),
        createPromptTemplate: forgetting('promptTemplates'),
        updatePromptTemplate: forgetting('promptTemplates'),
        deletePromptTemplate: forgetting('promptTemplates'),
        cancelJob: forgetting(...JOB_LISTS),
        retryJob: forgetting(...JOB_LISTS, 'models'),
        downloadModel: forgetting(...JOB_LISTS, 'models'),
        moveJob: forgetting(...JOB_LISTS),
        cancelAllJobs: forgetting(...JOB_LISTS, 'models'),
        retryFailedJobs: forgetting(...JOB_LISTS, 'models'),
        pauseQueue: forgetting(...JOB_LISTS),
        resumeQueue: forgetting(...JOB_LISTS),
        drainWorker: forgetting('workers', ...JOB_LISTS),
        resumeWorker: forgetting('workers', ...JOB_LISTS),
        uploadLora: forgetting('loras', 'characters'),
        deleteLora: forgetting('loras', 'characters'),
        deleteOutputs: onTrash as UpdateResolver,
        restoreOutputs: onTrash as UpdateResolver,
        emptyTrash: forgetting('output', 'outputs'),
        createApiKey: forgetting('access', 'users'),
        revokeApiKey: forgetting('access', 'users'),
        revokeSession: forgetting('access', 'users'),
        changePassword: forgetting('access', 'users'),
        removeUser: forgetting('users'),
      },
      Subscription: {
        jobUpdates: onJobUpdate as unknown as UpdateResolver,
        workerUpdates: onWorkerUpdate as unknown as UpdateResolver,
      },
    },
  });
}
