import { writeSync } from 'node:fs';

/** Python's `print`, unbuffered. */
export const print = (line = '') => write(1, `${line}\n`);

/** A pipe that is full for a moment is tried again; one that nobody reads any more is the end. */
function write(descriptor: 1 | 2, text: string) {
  const bytes = Buffer.from(text);
  for (let written = 0; written < bytes.length; ) {
    try {
      written += writeSync(descriptor, bytes, written);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) throw error;
    }
  }
}

export const complain = (text: string) => write(2, text);

const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];
const WIDTH = 10;
/** tqdm paints a new count only so often, and what stands beside the bar always. */
const MIN_INTERVAL_MS = 100;

function clock(seconds: number): string {
  const whole = Math.floor(seconds);
  const [minutes, rest] = [Math.floor(whole / 60) % 60, whole % 60];
  const two = (value: number) => String(value).padStart(2, '0');
  return whole >= 3600
    ? `${Math.floor(whole / 3600)}:${two(minutes)}:${two(rest)}`
    : `${two(minutes)}:${two(rest)}`;
}

/** A line as tqdm writes it. */
function barLine(of: {
  title: string;
  done: number;
  total: number;
  seconds: number;
  from?: number;
  postfix?: string;
}) {
  const { title, done, total, seconds, from = 0, postfix } = of;
  const share = total === 0 ? 1 : done / total;
  const eighths = Math.floor(share * WIDTH * 8);
  const blocks = '█'.repeat(Math.floor(eighths / 8)) + (EIGHTHS[eighths % 8] ?? '');
  const rate = done > from && seconds > 0 ? (done - from) / seconds : null;
  const pace =
    rate === null
      ? '?it/s'
      : rate >= 1
        ? `${rate.toFixed(2).padStart(5)}it/s`
        : `${(1 / rate).toFixed(2).padStart(5)}s/it`;
  const eta = rate === null ? '?' : clock((total - done) / rate);
  const percent = String(Math.floor(share * 100)).padStart(3);
  const head = title === '' ? '' : `${title}: `;
  return `${head}${percent}%|${blocks.padEnd(WIDTH)}| ${done}/${total} [${clock(seconds)}<${eta}, ${pace}${postfix ? `, ${postfix}` : ''}]`;
}

/** The bar of a training. */
export function trainBar(title: string, total: number, from: number) {
  const begun = performance.now();
  let postfix: string | undefined;
  let paintedAt = begun;
  let done = from;
  function paint() {
    paintedAt = performance.now();
    const seconds = (paintedAt - begun) / 1000;
    complain(`\r${barLine({ title, done, total, seconds, from, ...(postfix && { postfix }) })}`);
  }
  paint();
  return {
    say(text: string) {
      postfix = text;
      paint();
    },
    reach(count: number) {
      done = count;
      if (performance.now() - paintedAt >= MIN_INTERVAL_MS) paint();
    },
    close() {
      paint();
      complain('\n');
    },
  };
}

/** A bar that is painted once empty and once full, by itself or above the one of the training. */
export function passingBar(title: string, total: number, { isNested = false, stays = false } = {}) {
  const paint = (done: number, seconds: number) => {
    const line = `\r${barLine({ title, done, total, seconds })}`;
    complain(isNested ? `\n${line}\u001b[A` : line);
  };
  paint(0, 0);
  return {
    end() {
      paint(total, 0.1);
      if (stays) complain('\n');
      else complain(isNested ? `\n\r${' '.repeat(64)}\u001b[A` : `\r${' '.repeat(64)}\r`);
    },
  };
}

/** Python writes exponents with two digits at least. */
export function exponent(value: number, digits: number): string {
  if (Number.isNaN(value)) return 'nan';
  return value.toExponential(digits).replace(/e([+-])(\d)$/, 'e$10$2');
}
