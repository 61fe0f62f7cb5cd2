/** An 8-bit RGB picture, row by row. */
export type Raster = { data: Uint8Array; width: number; height: number };

/**
 * Kuwahara's filter: every pixel takes the mean of the calmest of the four squares that meet in it. It keeps edges
 * and calms the rest, so that 64 learned pixels look painted instead of blurred. Sums over squares come from
 * summed-area tables, so its cost does not depend on `radius`.
 */
export function painted({ data, width, height }: Raster, radius: number): Raster {
  const stride = width + 1;
  const sums = Array.from({ length: 4 }, () => new Float64Array(stride * (height + 1)));
  const [red = new Float64Array(), green = red, blue = red, square = red] = sums;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const i = (y * width + x) * 3;
      const [r, g, b] = [data[i] ?? 0, data[i + 1] ?? 0, data[i + 2] ?? 0];
      const at = (y + 1) * stride + x + 1;
      for (const [table, value] of [[red, r] as const, [green, g] as const, [blue, b] as const]) {
        table[at] = value + (table[at - 1] ?? 0) + (table[at - stride] ?? 0) - (table[at - stride - 1] ?? 0);
      }
      const energy = r * r + g * g + b * b;
      square[at] =
        energy + (square[at - 1] ?? 0) + (square[at - stride] ?? 0) - (square[at - stride - 1] ?? 0);
    }
  }

  const result = new Uint8Array(data.length);
  const corners = [
    [-radius, -radius],
    [0, -radius],
    [-radius, 0],
    [0, 0],
  ] as const;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let calmest = Number.POSITIVE_INFINITY;
      const i = (y * width + x) * 3;
      for (const [dx, dy] of corners) {
        const [left, top] = [Math.max(0, x + dx), Math.max(0, y + dy)];
        const [right, bottom] = [Math.min(width, x + dx + radius + 1), Math.min(height, y + dy + radius + 1)];
        const [a, b, c, d] = [
          top * stride + left,
          top * stride + right,
          bottom * stride + left,
          bottom * stride + right,
        ];
        const sum = (t: Float64Array) => (t[d] ?? 0) - (t[b] ?? 0) - (t[c] ?? 0) + (t[a] ?? 0);
        const count = (right - left) * (bottom - top);
        const [r, g, bl] = [sum(red) / count, sum(green) / count, sum(blue) / count];
        const unrest = sum(square) / count - r * r - g * g - bl * bl;
        if (unrest >= calmest) continue;
        calmest = unrest;
        result[i] = r + 0.5;
        result[i + 1] = g + 0.5;
        result[i + 2] = bl + 0.5;
      }
    }
  }
  return { data: result, width, height };
}
