import { createSignal } from 'solid-js';

type Size = 'S' | 'M' | 'L';
const HEIGHTS: Record<Size, number> = { S: 130, M: 220, L: 340 };
const KEY = 'gallery';

/** How one likes to look at images: of this browser, not of the address. */
function remembered(): { size: Size; isSquare: boolean } {
  try {
    const { size, isSquare } = JSON.parse(localStorage.getItem(KEY) ?? '{}');
    return { size: size in HEIGHTS ? size : 'M', isSquare: isSquare === true };
  } catch {
    return { size: 'M', isSquare: false };
  }
}

const [look, setLook] = createSignal(remembered());
const change = (part: Partial<ReturnType<typeof look>>) => {
  setLook({ ...look(), ...part });
  localStorage.setItem(KEY, JSON.stringify(look()));
};

const narrow = window.matchMedia('(max-width: 720px)');
const [isNarrow, setIsNarrow] = createSignal(narrow.matches);
narrow.addEventListener('change', ({ matches }) => setIsNarrow(matches));

export const view = {
  size: () => look().size,
  setSize: (size: Size) => change({ size }),
  isSquare: () => look().isSquare,
  setIsSquare: (isSquare: boolean) => change({ isSquare }),
  gap: () => (isNarrow() ? 4 : 8),
};

/** Pixels; on a phone two or three are to be side by side. */
export const rowHeightOf = (size: Size) => (isNarrow() ? 120 : HEIGHTS[size]);
