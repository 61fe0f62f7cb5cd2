import type { Random } from './random.ts';

/** Stable Diffusion's thousand noise levels (scaled-linear betas 0.00085 … 0.012), lowest first. */
const LEVELS = (() => {
  let kept = 1;
  return Float64Array.from({ length: 1000 }, (_, t) => {
    const root = Math.sqrt(0.00085) + (t / 999) * (Math.sqrt(0.012) - Math.sqrt(0.00085));
    kept *= 1 - root * root;
    return Math.sqrt((1 - kept) / kept);
  });
})();
const LOWEST = LEVELS[0] ?? 0;
const HIGHEST = LEVELS[999] ?? 0;
const RHO = 7;

export const SAMPLERS = ['euler', 'euler_ancestral', 'dpmpp_2m'] as const;
export const SCHEDULERS = ['normal', 'karras', 'simple'] as const;
export type Sampler = (typeof SAMPLERS)[number];
export type Scheduler = (typeof SCHEDULERS)[number];

/** The noise levels of a run, highest first, ending in 0: `steps + 1` of them. As ComfyUI's schedulers of these names. */
export function sigmasOf(scheduler: Scheduler, steps: number): number[] {
  const along = (i: number) => (steps === 1 ? 0 : i / (steps - 1));
  const sigma = (i: number) => {
    if (scheduler === 'simple') return LEVELS[999 - Math.floor((i * 1000) / steps)] ?? LOWEST;
    if (scheduler === 'karras') {
      // Karras et al., Elucidating the Design Space of Diffusion-Based Generative Models (2022), equation 5.
      const [high, low] = [HIGHEST ** (1 / RHO), LOWEST ** (1 / RHO)];
      return (high + along(i) * (low - high)) ** RHO;
    }
    const t = 999 * (1 - along(i));
    const [below, above] = [LEVELS[Math.floor(t)] ?? LOWEST, LEVELS[Math.ceil(t)] ?? HIGHEST];
    return Math.exp(Math.log(below) + (t % 1) * (Math.log(above) - Math.log(below)));
  };
  return [...Array.from({ length: steps }, (_, i) => sigma(i)), 0];
}

/**
 * One step of `sampler` from noise `sigma` to `next`, in place. `clean` is the denoised picture of this step, `before`
 * that of the step before with its sigma (null at the first).
 */
export function sampleStep(of: {
  sampler: Sampler;
  x: Float32Array;
  clean: Float32Array;
  sigma: number;
  next: number;
  before: { clean: Float32Array; sigma: number } | null;
  noise: Random;
}): void {
  const { sampler, x, clean, sigma, next, before, noise } = of;
  if (sampler === 'dpmpp_2m' && before !== null && next > 0) {
    // Lu et al., DPM-Solver++ (2022), second-order multistep.
    const h = Math.log(sigma / next);
    const ratio = Math.log(before.sigma / sigma) / h;
    const [now, old] = [1 + 1 / (2 * ratio), -1 / (2 * ratio)];
    blend({ x, keep: next / sigma, add: -Math.expm1(-h), clean, now, older: before.clean, old });
    return;
  }
  if (sampler === 'euler_ancestral' && next > 0) {
    const up = Math.min(next, Math.sqrt((next ** 2 * (sigma ** 2 - next ** 2)) / sigma ** 2));
    const down = Math.sqrt(next ** 2 - up ** 2);
    blend({ x, keep: down / sigma, add: 1 - down / sigma, clean, now: 1, older: clean, old: 0 });
    for (let i = 0; i < x.length; i++) x[i] = (x[i] ?? 0) + up * noise.normal();
    return;
  }
  blend({ x, keep: next / sigma, add: 1 - next / sigma, clean, now: 1, older: clean, old: 0 });
}

type Blend = {
  x: Float32Array;
  keep: number;
  add: number;
  clean: Float32Array;
  now: number;
  older: Float32Array;
  old: number;
};

function blend({ x, keep, add, clean, now, older, old }: Blend) {
  for (let i = 0; i < x.length; i++) {
    x[i] = keep * (x[i] ?? 0) + add * (now * (clean[i] ?? 0) + old * (older[i] ?? 0));
  }
}
