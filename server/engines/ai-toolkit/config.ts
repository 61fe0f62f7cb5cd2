import type { TrainingRun } from '../engine.ts';
import { EngineFailure } from '../failure.ts';
import { type TrainableModel, trainableModel } from './families.ts';
import type { Places } from './places.ts';
import { plainText } from './plain-text.ts';

/** `torch.manual_seed` would take more, `numpy.random.seed` does not. */
const SEEDS = 2 ** 31;

export const engineSeed = (seed: number): number => seed % SEEDS;

/** The product keeps checkpoints under its own rules. Those here must only live until they were copied. */
export const savesKept = ({ keepCheckpoints }: Pick<TrainingRun['config'], 'keepCheckpoints'>) =>
  keepCheckpoints + 3;

/** What each sample image is drawn with, so that we can say it without asking. */
export const samplesOf = ({ samplePrompts, seed }: TrainingRun['config']) =>
  samplePrompts.map((prompt, i) => ({ prompt: plainText(prompt), seed: engineSeed(seed) + i }));

export function modelOf({ baseModel }: Pick<TrainingRun, 'baseModel'>): TrainableModel {
  const model = trainableModel(baseModel);
  if (model !== undefined) return model;
  throw new EngineFailure({
    code: 'UNKNOWN_BASE_MODEL',
    message: `AI-Toolkit is not set up to train ${baseModel}.`,
    advice: 'Choose another base model.',
  });
}

/**
 * What AI-Toolkit is told, as the text of its JSON file. Every key is written: its defaults differ from those of its own
 * examples, and from version to version. It prints all of it when it starts, so nothing in it may be secret.
 */
export function configOf(run: TrainingRun, places: Places): string {
  const { config, triggerWord } = run;
  const model = modelOf(run);
  const process = {
    type: 'diffusion_trainer',
    training_folder: places.trainingFolder,
    sqlite_db_path: places.jobDb,
    device: 'cuda',
    trigger_word: plainText(triggerWord),
    performance_log_every: 10,
    network: {
      type: 'lora',
      linear: config.rank,
      linear_alpha: config.alpha,
      network_kwargs: { ignore_if_contains: [] },
    },
    save: {
      dtype: 'float16',
      save_every: config.checkpointEvery,
      max_step_saves_to_keep: savesKept(config),
      save_format: 'safetensors',
      push_to_hub: false,
    },
    datasets: [
      {
        folder_path: places.dataset,
        caption_ext: 'txt',
        default_caption: '',
        caption_dropout_rate: config.captionDropout,
        shuffle_tokens: false,
        cache_latents_to_disk: true,
        is_reg: false,
        network_weight: 1,
        num_repeats: 1,
        resolution: [config.resolution],
      },
    ],
    train: trainPart(run, model),
    logging: { log_every: 1, use_ui_logger: true },
    model: {
      name_or_path: model.repository,
      arch: model.arch,
      quantize: model.quantize,
      quantize_te: model.quantize,
      qtype: model.quantization,
      qtype_te: 'qfloat8',
      low_vram: model.lowVram,
      ...(model.assistantLora && { assistant_lora_path: model.assistantLora }),
    },
    sample: samplePart(run, model),
  };
  const text = JSON.stringify(
    { job: 'extension', config: { name: places.name, process: [process] }, meta: metaOf(run, model) },
    null,
    2,
  );
  refuseInstructions(text);
  return text;
}

function trainPart({ config }: TrainingRun, model: TrainableModel) {
  return {
    batch_size: config.batchSize,
    steps: config.steps,
    gradient_accumulation: config.gradientAccumulation,
    train_unet: true,
    train_text_encoder: false,
    gradient_checkpointing: true,
    noise_scheduler: model.noiseScheduler,
    optimizer: config.optimizer,
    optimizer_params: { weight_decay: 0.0001 },
    lr: config.learningRate,
    lr_scheduler: config.scheduler,
    // Its linear one rises by default; ours falls.
    lr_scheduler_params: config.scheduler === 'linear' ? { start_factor: 1, end_factor: 0 } : {},
    timestep_type: model.timesteps,
    max_grad_norm: 1,
    loss_type: 'mse',
    ema_config: { use_ema: false, ema_decay: 0.99 },
    dtype: config.precision,
    skip_first_sample: true,
    disable_sampling: config.samplePrompts.length === 0,
    cache_text_embeddings: model.cacheTextEmbeddings,
    unload_text_encoder: false,
  };
}

function samplePart({ config }: TrainingRun, model: TrainableModel) {
  return {
    sampler: model.noiseScheduler,
    sample_every: config.sampleEvery,
    sample_start_step: 0,
    width: config.resolution,
    height: config.resolution,
    samples: samplesOf(config),
    neg: '',
    seed: engineSeed(config.seed),
    walk_seed: true,
    guidance_scale: model.sampling.guidanceScale,
    sample_steps: model.sampling.steps,
    format: 'png',
  };
}

/** Copied into each file that it saves. */
function metaOf({ title, triggerWord, config }: TrainingRun, { architecture, id }: TrainableModel) {
  return {
    name: plainText(title),
    version: '1.0',
    'modelspec.sai_model_spec': '1.0.1',
    'modelspec.architecture': architecture ?? `${id}/lora`,
    'modelspec.implementation': 'https://github.com/ostris/ai-toolkit',
    'modelspec.title': plainText(title),
    'modelspec.trigger_phrase': plainText(triggerWord),
    'modelspec.resolution': `${config.resolution}x${config.resolution}`,
  };
}

/** A folder may be called so; a text cannot be any more. */
function refuseInstructions(text: string) {
  if (!text.includes('${') && !text.includes('[name]')) return;
  throw new EngineFailure({
    code: 'ENGINE_MISCONFIGURED',
    message: 'AI-Toolkit cannot work in a folder whose path has "${" or "[name]" in it.',
    advice: 'Move the volume (VOLUME_ROOT) to a folder with a plain name.',
  });
}
