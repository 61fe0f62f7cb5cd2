import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { PythonError } from './python.ts';

/** What of the configuration the stand-in heeds. */
export type Process = {
  type: string;
  training_folder: string;
  sqlite_db_path?: string;
  trigger_word: string;
  network: { linear: number; linear_alpha: number };
  save: { save_every: number; max_step_saves_to_keep: number };
  datasets: { folder_path: string }[];
  train: {
    steps: number;
    lr: number;
    lr_scheduler: string;
    disable_sampling: boolean;
    skip_first_sample: boolean;
  };
  logging: { use_ui_logger: boolean };
  model: { name_or_path: string; arch: string };
  sample: {
    sample_every: number;
    width: number;
    height: number;
    samples: { prompt: string; seed: number }[];
    format: string;
  };
};
export type Config = { name: string; process: Process; meta: Record<string, string> };

/** With its traps: variables are replaced in the text, and the name in every string. */
export async function readConfig(path: string): Promise<Config> {
  if (!existsSync(path)) throw new PythonError('ValueError', `Could not find config file ${path}`);
  const text = (await readFile(path, 'utf8')).replaceAll(/\$\{([^}]+)\}/g, (_, name: string) => {
    const value = process.env[name];
    if (value === undefined) throw new PythonError('ValueError', `Environment variable ${name} not set.`);
    return value;
  });
  const plain = JSON.stringify(JSON.parse(text));
  const { config, meta } = JSON.parse(plain.replaceAll('[name]', JSON.parse(plain).config.name));
  const [only] = config.process;
  if (only === undefined)
    throw new PythonError('ValueError', 'config file error. Missing "config.process" key');
  if (only.type !== 'diffusion_trainer' && only.type !== 'sd_trainer')
    throw new PythonError('ValueError', `Unknown process type: ${only.type}`);
  // What stands behind it would be obeyed, and is never a number here.
  if (only.sample.samples.some(({ prompt }: { prompt: string }) => prompt.includes(' --')))
    throw new PythonError('ValueError', 'invalid literal for int()');
  return { name: config.name, process: only, meta };
}
