import { floatsOf, type TensorToWrite } from '../../storage/safetensors.ts';
import type { TrainingRun } from '../engine.ts';
import { EngineFailure } from '../failure.ts';
import { isBadFile, readLora, writeLora } from './lora-file.ts';
import type { Photo, Trainer } from './trainer.ts';

/** Tensors of the optimiser are called so, with a suffix of LoRA tensors: a checkpoint can be used as a LoRA. */
const optimizerTensor = (name: string) => `isengard.optimizer.${name}.diff`;
const NUMBERS = 'isengard.optimizer';
const LOSS = 'isengard.loss';

type What = { run: TrainingRun; trainer: Trainer; photos: Photo[]; step: number };

const described = ({ run, trainer, photos, step }: What) => ({
  shape: trainer.shape,
  captions: photos.map(({ words }) => words),
  title: run.title,
  triggerWord: run.triggerWord,
  resolution: run.config.resolution,
  step,
  steps: run.config.steps,
});

/** The weights as they are used, rounded to the asked precision. */
export const saveLora = (path: string, what: What) =>
  writeLora(path, {
    ...described(what),
    weights: what.trainer.weights(),
    dtype: what.run.config.precision === 'fp32' ? 'F32' : 'F16',
  });

/** The fp32 weights and the optimiser's state: all that the next step depends on, but its number and the seed. */
export function saveCheckpoint(path: string, what: What, loss: number): Promise<void> {
  const { arrays, numbers } = what.trainer.optimizer.state;
  const tensors: Record<string, TensorToWrite> = {};
  for (const [name, values] of Object.entries(arrays)) {
    const shape = [values.length];
    tensors[optimizerTensor(name)] =
      values instanceof Uint8Array ? { dtype: 'U8', shape, values } : { dtype: 'F32', shape, values };
  }
  // JSON keeps every bit of a double.
  const metadata = { [NUMBERS]: JSON.stringify(numbers), [LOSS]: JSON.stringify(loss) };
  return writeLora(path, {
    ...described(what),
    weights: what.trainer.master,
    dtype: 'F32',
    extra: { tensors, metadata },
  });
}

/** Puts the trainer where the checkpoint left it, and answers the loss of its last step. */
export async function resume(trainer: Trainer, from: { step: number; path: string }): Promise<number> {
  const bad = (why: string) =>
    new EngineFailure({
      code: 'INVALID_CHECKPOINT',
      message: `The training cannot go on from its checkpoint of step ${from.step}: ${why}`,
      advice: 'Start the training again from the beginning.',
    });
  try {
    const { shape, weights, metadata, tensors } = await readLora(from.path);
    if (JSON.stringify(shape) !== JSON.stringify(trainer.shape))
      throw bad('its rank, alpha or photos differ.');
    if (JSON.parse(metadata.get('training_info') ?? '{}').step !== from.step)
      throw bad('it is of another step.');
    const { arrays, numbers } = trainer.optimizer.state;
    for (const [name, values] of Object.entries(arrays)) {
      const tensor = tensors.get(optimizerTensor(name));
      if (tensor?.shape[0] !== values.length) throw bad('it is of another optimiser.');
      values.set(values instanceof Uint8Array ? tensor.bytes : floatsOf(tensor));
    }
    Object.assign(numbers, JSON.parse(metadata.get(NUMBERS) ?? '{}'));
    trainer.master.set(weights);
    return Number(JSON.parse(metadata.get(LOSS) ?? '0'));
  } catch (error) {
    if (isBadFile(error)) throw bad(error.message);
    throw error;
  }
}
