/**
 * Random numbers that depend on nothing but their keys: `random(seed, 'batch', epoch)` gives the same stream in every
 * process and after every restart, so no generator state has to be saved to resume a training exactly.
 */

/** FNV-1a, 32 bit, with a final avalanche (murmur3's) because FNV's high bits are weak for short words. */
export function hash(text: string): number {
  let state = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) state = Math.imul(state ^ text.charCodeAt(i), 0x01000193);
  state = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
  state = Math.imul(state ^ (state >>> 13), 0xc2b2ae35);
  return (state ^ (state >>> 16)) >>> 0;
}

export type Random = {
  /** Uniform in [0, 1). */
  uniform(): number;
  /** Standard normal. */
  normal(): number;
};

/** sfc32 (PractRand): small, fast, passes its tests; seeded by the hash of all keys. */
export function random(...keys: (number | string)[]): Random {
  const key = keys.join('\u0000');
  let [a, b, c, counter] = [hash(`a${key}`), hash(`b${key}`), hash(`c${key}`), 1];
  const uniform = () => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + sum) | 0;
    return (sum >>> 0) / 4294967296;
  };
  for (let i = 0; i < 12; i++) uniform();
  const normal = () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  return { uniform, normal };
}

/** 0 … count − 1 in an order that the keys decide (Fisher–Yates). */
export function shuffled(count: number, ...keys: (number | string)[]): number[] {
  const { uniform } = random(...keys);
  const order = Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = Math.floor(uniform() * (i + 1));
    [order[i], order[j]] = [order[j] ?? 0, order[i] ?? 0];
  }
  return order;
}

/** Image `index` of a batch that starts at `seed`; wraps where a whole number would stop being exact. */
export const seedOf = (seed: number, index: number) => (seed + index) % Number.MAX_SAFE_INTEGER;
