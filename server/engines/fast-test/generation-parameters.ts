import { generationParametersOf } from '../generation-parameters.ts';
import { togglesOf } from '../toggles.ts';

export const generationParameters = generationParametersOf({
  samplers: { euler: 'Euler', euler_ancestral: 'Euler ancestral', dpmpp_2m: 'DPM++ 2M' },
  schedulers: { normal: 'Normal', karras: 'Karras', simple: 'Simple' },
  scheduler: 'karras',
  words: {
    prompt: 'What to draw. The trigger word calls the character; words of a caption pull towards its photo.',
  },
});

export const toggles = togglesOf({
  controlNet: { mode: 'pose', strength: 1 },
  words: {
    weight: 'How much of the reference is taken; 2 takes nothing else.',
    faceDetailer: 'The middle of the image, where a portrait has its face, is drawn sharper.',
  },
});
