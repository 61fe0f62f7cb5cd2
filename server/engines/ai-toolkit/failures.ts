import type { TrainingConfig, TrainingRun } from '../engine.ts';
import { EngineFailure } from '../failure.ts';
import { modelOf } from './config.ts';
import type { Ending } from './trainer-process.ts';
import { minimumOf } from './training-parameters.ts';

/** What AI-Toolkit and the libraries below it say when something goes wrong. */
type Known = { says: RegExp; failure: (run: TrainingRun) => ConstructorParameters<typeof EngineFailure>[0] };

const KNOWN: Known[] = [
  {
    says: /CUDA (error: )?out of memory|OutOfMemoryError|OOM during training step 3 times/,
    failure: ({ config }) => ({
      code: 'OUT_OF_MEMORY',
      message: `The GPU ran out of memory at ${config.resolution} px, batch size ${config.batchSize} and rank ${config.rank}.`,
      ...lessMemory(config),
    }),
  },
  {
    says: /GatedRepoError|(401|403) Client Error|Cannot access gated repo|awaiting a review/,
    failure: (run) => {
      const { label, licence } = modelOf(run);
      return {
        code: 'MODEL_GATED',
        message: `Hugging Face does not give out ${label} without an accepted licence.`,
        advice: `Accept the licence at ${licence.url}, then set HF_TOKEN to a token of that account.`,
      };
    },
  },
  {
    says: /(Repository|Revision|Entry|LocalEntry)NotFoundError|OfflineModeIsEnabled|404 Client Error|not a valid model identifier|does not appear to have a file named|Could not find .*model/,
    failure: (run) => ({
      code: 'MODEL_MISSING',
      message: `The files of ${modelOf(run).label} are not installed and could not be downloaded.`,
      advice: `Download ${modelOf(run).repository} into HF_HOME, or unset HF_HUB_OFFLINE.`,
    }),
  },
  {
    says: /couldn't connect to|ConnectionError|Max retries exceeded|Temporary failure in name resolution/i,
    failure: (run) => ({
      code: 'MODEL_UNREACHABLE',
      message: `${modelOf(run).label} could not be downloaded: Hugging Face does not answer.`,
      advice: 'Check the network of the machine, or download the model first.',
      canRetry: true,
    }),
  },
  {
    says: /no images found in/i,
    failure: () => ({
      code: 'NO_IMAGES',
      message: 'AI-Toolkit found no photo that it can read.',
      advice: 'Add photos to the character, as JPEG, PNG or WebP.',
    }),
  },
  {
    says: /No space left on device|Disk quota exceeded/,
    failure: () => ({
      code: 'DISK_FULL',
      message: 'The disk became full while AI-Toolkit was writing.',
      advice: 'Free some space, also where HF_HOME is.',
      canRetry: true,
    }),
  },
  {
    says: /ModuleNotFoundError|can't open file '.*run\.py'|ImportError: cannot import name/,
    failure: () => engineMissing('Its Python packages are not complete.'),
  },
  {
    says: /Environment variable .+ not set|config file error|Unknown process type|Could not find config file/,
    failure: () => ({
      code: 'ENGINE_MISCONFIGURED',
      message: 'AI-Toolkit did not understand what it was asked to do.',
      advice: 'Update AI-Toolkit to a version that Isengard knows (docs/engines.md).',
    }),
  },
  {
    says: /no kernel image is available|CUDA driver version is insufficient|No CUDA GPUs are available|not compiled with CUDA/,
    failure: () => ({
      code: 'CUDA_ERROR',
      message: 'AI-Toolkit cannot use the GPU of this machine.',
      advice: 'Install a PyTorch that fits the GPU and its driver.',
    }),
  },
  {
    says: /CUDA error|cuDNN error|CUBLAS_STATUS|NCCL error/,
    failure: () => ({
      code: 'CUDA_ERROR',
      message: 'The GPU reported an error.',
      advice: 'Try again; if it comes back, restart the machine.',
      canRetry: true,
    }),
  },
];

export const engineMissing = (why: string) => ({
  code: 'ENGINE_MISSING',
  message: `AI-Toolkit cannot be started here. ${why}`,
  advice: 'Install it and set AI_TOOLKIT_DIR (docs/engines.md).',
});

type Remedy = { advice: string; suggestion?: Partial<TrainingConfig> };

/** What takes the most memory and is missed the least comes first. */
function lessMemory(config: TrainingConfig): Remedy {
  const { batchSize, gradientAccumulation, resolution, rank, optimizer } = config;
  if (batchSize > 1) {
    const accumulated = Math.min(8, batchSize * gradientAccumulation);
    return {
      advice: `Train with a batch size of 1, and gradient accumulation ${accumulated} in its place.`,
      suggestion: { batchSize: 1, gradientAccumulation: accumulated },
    };
  }
  const smaller = [768, 512].find((side) => side < resolution);
  if (smaller !== undefined)
    return { advice: `Train at ${smaller} px.`, suggestion: { resolution: smaller } };
  if (optimizer !== 'adamw8bit')
    return { advice: 'Train with AdamW 8-bit.', suggestion: { optimizer: 'adamw8bit' } };
  const lower = Math.max(minimumOf('rank'), Math.floor(rank / 2));
  if (lower < rank)
    return { advice: `Train with a rank of ${lower}.`, suggestion: { rank: lower, alpha: lower } };
  return { advice: 'Choose a smaller base model, or a larger GPU.' };
}

/** It learns nothing any more, and what it saves from here on is of no use. */
export function nanLoss({ config }: TrainingRun, step: number | null): EngineFailure {
  return new EngineFailure({
    code: 'NAN_LOSS',
    message: `The loss is not a number${step === null ? '' : ` at step ${step}`}.`,
    ...smallerSteps(config),
  });
}

const LOWEST_RATE = minimumOf('learningRate');

function smallerSteps({ precision, optimizer, learningRate }: TrainingConfig): Remedy {
  if (precision === 'fp16')
    return {
      advice: 'Train with BF16: FP16 has no room for large numbers.',
      suggestion: { precision: 'bf16' },
    };
  if (optimizer === 'prodigy')
    return {
      advice: 'Train with AdamW 8-bit: Prodigy finds its step size by itself, and found one too large.',
      suggestion: { optimizer: 'adamw8bit' },
    };
  if (learningRate / 2 < LOWEST_RATE)
    return { advice: 'The learning rate is as low as it can be: look for photos that are broken or blank.' };
  return {
    advice: `Train with a learning rate below ${learningRate}.`,
    suggestion: { learningRate: learningRate / 2 },
  };
}

/** The last line of a traceback. */
const SUMMARY = /^(?:[A-Za-z_]\w*\.)*[A-Z]\w*(?:Error|Exception|Interrupt|Warning|Exit)?: .+/;

/** Why a trainer ended that was to go on. `said` are its last lines, the newest at the end. */
export function failureOf(run: TrainingRun, { code, signal }: Ending, said: string[]): EngineFailure {
  const text = said.join('\n');
  const known = KNOWN.find(({ says }) => says.test(text));
  if (known !== undefined) return new EngineFailure(known.failure(run));
  if (signal !== null)
    return new EngineFailure({
      code: 'ENGINE_KILLED',
      message: `AI-Toolkit was killed (${signal}).`,
      advice: 'The machine may have run out of memory. It goes on from its last checkpoint.',
      canRetry: true,
    });
  const summary = said.findLast((line) => SUMMARY.test(line)) ?? said.at(-1) ?? `code ${code}`;
  return new EngineFailure({
    code: 'ENGINE_CRASHED',
    message: `AI-Toolkit stopped with an error: ${summary.slice(0, 300)}`,
    advice: 'Look into the log of the job. It goes on from its last checkpoint.',
    canRetry: true,
  });
}
