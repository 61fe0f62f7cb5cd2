import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import type { Parameter, TrainingConfig, TrainingRun } from '../engine.ts';
import { trainingCapabilities } from './capabilities.ts';
import { configOf, samplesOf } from './config.ts';
import { trainerEnvironment } from './environment.ts';
import { TRAINABLE_MODELS, vramBytes } from './families.ts';
import { placesOf } from './places.ts';
import { plainText } from './plain-text.ts';
import { ownSettings } from './settings.ts';
import { CONFIG } from './testing.ts';
import { createAiToolkit } from './training.ts';

const runWith = (config: Partial<TrainingConfig> = {}, more: Partial<TrainingRun> = {}): TrainingRun => ({
  ...{
    jobId: '0190f5a2-7d3c-7e21-9a44-3f1c5b2a9d10',
    baseModel: 'flux.1-dev',
    triggerWord: 'sks',
    title: 'Frodo #3',
  },
  ...{ photos: [], workDir: '/volume/cache/tmp/a', processEnv: {}, resumeFrom: null },
  config: { ...CONFIG, samplePrompts: ['a photo of sks'], ...config },
  ...more,
});
const textOf = (run: TrainingRun) => configOf(run, placesOf(run));
const parsed = (run: TrainingRun) => JSON.parse(textOf(run));

test('every key is written', () => {
  expect(parsed(runWith({ steps: 2000, scheduler: 'linear' }))).toMatchInlineSnapshot(`
    {
      "config": {
        "name": "lora-0190f5a2-7d3c-7e21-9a44-3f1c5b2a9d10",
        "process": [
          {
            "datasets": [
              {
                "cache_latents_to_disk": true,
                "caption_dropout_rate": 0.05,
                "caption_ext": "txt",
                "default_caption": "",
                "folder_path": "/volume/cache/tmp/a/dataset",
                "is_reg": false,
                "network_weight": 1,
                "num_repeats": 1,
                "resolution": [
                  512,
                ],
                "shuffle_tokens": false,
              },
            ],
            "device": "cuda",
            "logging": {
              "log_every": 1,
              "use_ui_logger": true,
            },
            "model": {
              "arch": "flux",
              "low_vram": false,
              "name_or_path": "black-forest-labs/FLUX.1-dev",
              "qtype": "qfloat8",
              "qtype_te": "qfloat8",
              "quantize": true,
              "quantize_te": true,
            },
            "network": {
              "linear": 8,
              "linear_alpha": 8,
              "network_kwargs": {
                "ignore_if_contains": [],
              },
              "type": "lora",
            },
            "performance_log_every": 10,
            "sample": {
              "format": "png",
              "guidance_scale": 4,
              "height": 512,
              "neg": "",
              "sample_every": 100,
              "sample_start_step": 0,
              "sample_steps": 20,
              "sampler": "flowmatch",
              "samples": [
                {
                  "prompt": "a photo of sks",
                  "seed": 42,
                },
              ],
              "seed": 42,
              "walk_seed": true,
              "width": 512,
            },
            "save": {
              "dtype": "float16",
              "max_step_saves_to_keep": 5,
              "push_to_hub": false,
              "save_every": 50,
              "save_format": "safetensors",
            },
            "sqlite_db_path": "/volume/cache/tmp/a/job.db",
            "train": {
              "batch_size": 1,
              "cache_text_embeddings": false,
              "disable_sampling": false,
              "dtype": "bf16",
              "ema_config": {
                "ema_decay": 0.99,
                "use_ema": false,
              },
              "gradient_accumulation": 1,
              "gradient_checkpointing": true,
              "loss_type": "mse",
              "lr": 0.0001,
              "lr_scheduler": "linear",
              "lr_scheduler_params": {
                "end_factor": 0,
                "start_factor": 1,
              },
              "max_grad_norm": 1,
              "noise_scheduler": "flowmatch",
              "optimizer": "adamw8bit",
              "optimizer_params": {
                "weight_decay": 0.0001,
              },
              "skip_first_sample": true,
              "steps": 2000,
              "timestep_type": "sigmoid",
              "train_text_encoder": false,
              "train_unet": true,
              "unload_text_encoder": false,
            },
            "training_folder": "/volume/cache/tmp/a/training",
            "trigger_word": "sks",
            "type": "diffusion_trainer",
          },
        ],
      },
      "job": "extension",
      "meta": {
        "modelspec.architecture": "flux-1-dev/lora",
        "modelspec.implementation": "https://github.com/ostris/ai-toolkit",
        "modelspec.resolution": "512x512",
        "modelspec.sai_model_spec": "1.0.1",
        "modelspec.title": "Frodo #3",
        "modelspec.trigger_phrase": "sks",
        "name": "Frodo #3",
        "version": "1.0",
      },
    }
  `);
});

const FAMILIES: [id: string, arch: string, scheduler: string, guidanceScale: number, steps: number][] = [
  ['flux.1-dev', 'flux', 'flowmatch', 4, 20],
  ['flux.1-schnell', 'flux', 'flowmatch', 1, 4],
  ['sdxl', 'sdxl', 'ddpm', 6, 25],
  ['sd1.5', 'sd15', 'ddpm', 6, 25],
  ['qwen-image', 'qwen_image', 'flowmatch', 3, 25],
  ['z-image-turbo', 'zimage:turbo', 'flowmatch', 1, 9],
];
test('every base model is in the table of this test', () => {
  expect(FAMILIES.map(([id]) => id)).toEqual(TRAINABLE_MODELS.map(({ id }) => id));
});
for (const [id, arch, scheduler, guidanceScale, steps] of FAMILIES) {
  test(`${id}: what its family needs`, () => {
    const { model, train, sample } = parsed(runWith({}, { baseModel: id })).config.process[0];
    const isDiffusion = scheduler === 'ddpm';
    expect(model).toMatchObject({ arch, quantize: !isDiffusion, quantize_te: !isDiffusion });
    expect(model.name_or_path).toMatch(/^[\w-]+\/[\w.-]+$/);
    const isDistilled = /schnell|turbo/.test(id);
    expect(typeof model.assistant_lora_path).toBe(isDistilled ? 'string' : 'undefined');
    expect(train).toMatchObject({ noise_scheduler: scheduler, cache_text_embeddings: id === 'qwen-image' });
    expect(sample).toMatchObject({ sampler: scheduler, guidance_scale: guidanceScale, sample_steps: steps });
  });
}

/** G2: a parameter that is advertised does something. */
function others(parameter: Parameter, now: unknown): (string | number)[] {
  if (parameter.type === 'CHOICE')
    return parameter.options.map(({ value }) => value).filter((value) => value !== String(now));
  if (parameter.type === 'TEXT') return ['sks asleep in snow'];
  if (parameter.type === 'BOOLEAN') throw new Error('There is none yet.');
  return [parameter.minimum === now ? parameter.maximum : parameter.minimum];
}

const asConfig = (name: string, value: string | number): Partial<TrainingConfig> => {
  if (name === 'samplePrompts') return { samplePrompts: [String(value)] };
  return { [name]: name === 'resolution' ? Number(value) : value };
};

test('every training parameter is a field of the config, and the other way round', () => {
  const names = trainingCapabilities.parameters.map(({ name }) => name);
  expect(names.sort()).toEqual(Object.keys(CONFIG).sort());
});

for (const parameter of trainingCapabilities.parameters) {
  for (const value of others(parameter, Object(CONFIG)[parameter.name])) {
    test(`${parameter.name} = ${value} changes what AI-Toolkit is given`, () => {
      expect(textOf(runWith(asConfig(parameter.name, value)))).not.toBe(textOf(runWith()));
    });
  }
}

test('the seed decides the samples, and what is random in the trainer, within what it can take', () => {
  const seed = Number.MAX_SAFE_INTEGER;
  const { SEED } = trainerEnvironment({}, runWith({ seed }));
  expect(Number(SEED)).toBeLessThan(2 ** 32);
  expect(samplesOf({ ...CONFIG, seed, samplePrompts: ['a', 'b'] }).map((sample) => sample.seed)).toEqual([
    Number(SEED),
    Number(SEED) + 1,
  ]);
});

// What AI-Toolkit would replace, not what JavaScript does.
const variable = (name: string) => `$\u007b${name}}`;
const HOSTILE = [
  variable('HF_TOKEN'),
  `$${variable('HF_TOKEN')}}`,
  '$\u0000{HF_TOKEN}',
  'a --ctrl_img /etc/passwd',
  '--w x',
  'a ---steps 9999',
  'a -\u0007- seed 1',
  '[name] and [trigger]',
  '[NAME] [Trigger] [[name]]',
  '[na\u0000me]',
  'a", "name_or_path": "https://example.com/x',
  '\\u0024{HOME}',
];
for (const text of HOSTILE) {
  test(`nothing is obeyed: ${JSON.stringify(text)}`, () => {
    const run = runWith({ samplePrompts: [text] }, { triggerWord: text, title: text });
    const written = textOf(run);
    expect(written).not.toMatch(/\$\{|\[name\]|\[trigger\]|--/i);
    const { config, meta } = JSON.parse(written);
    const [process] = config.process;
    expect(JSON.stringify(config)).not.toMatch(/\$\{|\[name\]|\[trigger\]|--/i);
    expect(process.model.name_or_path).toBe('black-forest-labs/FLUX.1-dev');
    expect(process.sample.samples).toEqual([{ prompt: plainText(text), seed: 42 }]);
    expect(process.trigger_word).toBe(plainText(text));
    expect(meta['modelspec.title']).toBe(plainText(text));
  });
}

test('what people usually write stays as it is', () => {
  for (const text of [
    'a photo of sks, 50 mm – f/1.8',
    'state-of-the-art',
    'costs $5 {really}',
    'ein Foto (groß)',
    '山',
  ])
    expect(plainText(text)).toBe(text);
});

test('a folder that would be taken for an instruction is refused', () => {
  const run = runWith({}, { workDir: `/volume/${variable('HOME')}/tmp` });
  expect(() => textOf(run)).toThrow(expect.objectContaining({ code: 'ENGINE_MISCONFIGURED' }));
});

test('the name of a run is of our job, and means nothing to a pattern', () => {
  for (const jobId of [crypto.randomUUID(), '../../etc', 'a[b]*?', 'x'.repeat(500)])
    expect(placesOf({ jobId, workDir: '/w' }).name).toMatch(/^[A-Za-z0-9][A-Za-z0-9-]{0,63}$/);
});

/** Where models lie that it need not fetch again. */
const CACHES = { XDG_CACHE_HOME: '/cache', HF_HUB_CACHE: '/cache/hub', TORCH_HOME: '/cache/torch' };

test('the trainer gets what it needs from our environment, and no more', () => {
  const ours = {
    ...{
      PATH: '/bin',
      HOME: '/root',
      HF_TOKEN: 'hf_x',
      CUDA_VISIBLE_DEVICES: '1',
      NVIDIA_VISIBLE_DEVICES: 'all',
    },
    ...CACHES,
    ...{
      DATABASE_URL: 'postgres://secret',
      S3_SECRET: 'x',
      NODE_OPTIONS: '--inspect',
      SEED: '1',
      LD_PRELOAD: '/x.so',
    },
  };
  const environment = trainerEnvironment(
    ours,
    runWith({ seed: 7 }, { processEnv: { ISENGARD_JOB_ID: 'j' } }),
  );
  expect(environment).toEqual({
    ...{
      PATH: '/bin',
      HOME: '/root',
      HF_TOKEN: 'hf_x',
      CUDA_VISIBLE_DEVICES: '1',
      NVIDIA_VISIBLE_DEVICES: 'all',
    },
    ...CACHES,
    ...{ CUDA_DEVICE_ORDER: 'PCI_BUS_ID', PYTHONUNBUFFERED: '1', PYTHONIOENCODING: 'utf-8', SEED: '7' },
    ...{ AITK_JOB_ID: '0190f5a2-7d3c-7e21-9a44-3f1c5b2a9d10', IS_AI_TOOLKIT_UI: '1', ISENGARD_JOB_ID: 'j' },
  });
});

test('paths are those of the folder that we were started in; a program of PATH is left to it', () => {
  const own = {
    ...{ STOP_SECONDS: 20, COMFYUI_URLS: ['http://127.0.0.1:8188'] },
    GPU_EXCLUSIVE: 'on' as const,
  };
  const settings = (more: Partial<Parameters<typeof ownSettings>[0]>) =>
    ownSettings({ ...own, AI_TOOLKIT_DIR: undefined, AI_TOOLKIT_PYTHON: undefined, ...more });
  expect(settings({ AI_TOOLKIT_DIR: '../tk', AI_TOOLKIT_PYTHON: 'tk/bin/python' })).toMatchObject({
    dir: resolve('../tk'),
    python: resolve('tk/bin/python'),
  });
  expect(settings({ AI_TOOLKIT_PYTHON: 'python3.12' })).toMatchObject({ dir: null, python: 'python3.12' });
  expect(settings({}).comfyuiUrls).toEqual(own.COMFYUI_URLS);
  // Whoever has a GPU to itself keeps what it holds.
  expect(settings({ GPU_EXCLUSIVE: 'off' }).comfyuiUrls).toEqual([]);
});

test('needs grow with what is asked for', async () => {
  const { needs } = createAiToolkit(ownSettings());
  const needsOf = (config: Partial<TrainingConfig>, baseModel = 'flux.1-dev') =>
    needs({ baseModel, config: { ...CONFIG, ...config } });
  const small = needsOf({});
  expect(needsOf({ resolution: 1024 }).vramBytes).toBeGreaterThan(small.vramBytes ?? 0);
  expect(needsOf({ batchSize: 4 }).vramBytes).toBeGreaterThan(small.vramBytes ?? 0);
  expect(needsOf({ rank: 64 }).checkpointBytes).toBe(8 * small.checkpointBytes);
  // Five saves, the LoRA, one that is being told, and what the optimizer needs.
  expect(needsOf({ steps: 1000 }).workBytes).toBe(8 * small.checkpointBytes);
  expect(needsOf({ steps: 1000, optimizer: 'prodigy' }).workBytes).toBe(15 * small.checkpointBytes);
  // The last save of two never comes.
  expect(needsOf({ steps: 100, checkpointEvery: 500 }).workBytes).toBe(4 * small.checkpointBytes);
  const [flux] = TRAINABLE_MODELS;
  if (flux === undefined) throw new Error('There is no model.');
  // What people train on the usual card.
  expect(vramBytes(flux, { ...CONFIG, resolution: 1024, rank: 16 })).toBeLessThanOrEqual(24 * 2 ** 30);
});
