const integers = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
const exact = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'medium' });
const day = new Intl.DateTimeFormat('en', { dateStyle: 'medium' });
const minute = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'short' });
const clock = new Intl.DateTimeFormat('en', { timeStyle: 'medium', hour12: false });

export function formatCount(value: number): string {
  return integers.format(value);
}

/** `1 photo`, `24 photos`. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${value < 10 && unit > 0 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}

export function formatLoss(loss: number): string {
  if (loss !== 0 && Math.abs(loss) < 0.001) return loss.toExponential(2);
  return loss.toFixed(4);
}

export function formatRate(rate: number): string {
  if (rate === 0) return '0';
  return rate.toExponential(1).replace('e+0', '').replace('.0e', 'e');
}

export function formatSpeed(stepsPerSecond: number): string {
  return stepsPerSecond >= 1
    ? `${stepsPerSecond.toFixed(1)} it/s`
    : `${(1 / stepsPerSecond).toFixed(1)} s/it`;
}

/** `43 s`, `4 min 10 s`, `2 h 5 min`. */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600)
    return whole % 60 === 0 ? `${whole / 60} min` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
  const minutes = Math.round(whole / 60);
  return minutes % 60 === 0 ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

export type Eta = { seconds: number; lowSeconds: number; highSeconds: number };

const SCALES = [
  { unit: 'h', seconds: 3600, from: 5400, digits: 1 },
  { unit: 'min', seconds: 60, from: 90, digits: 0 },
  { unit: 's', seconds: 1, from: 0, digits: 0 },
];

/** `4–6 min`: one unit, rounded outwards to what it is worth, no false precision. */
export function formatRange(lowSeconds: number, highSeconds: number): string {
  const scale = SCALES.find((candidate) => highSeconds >= candidate.from) ?? SCALES[2];
  if (scale === undefined) return '';
  const factor = 10 ** scale.digits;
  const low = Math.floor((lowSeconds / scale.seconds) * factor) / factor;
  const high = Math.ceil((highSeconds / scale.seconds) * factor) / factor;
  return low === high ? `${high} ${scale.unit}` : `${low}–${high} ${scale.unit}`;
}

export function formatEta(eta: Eta): string {
  if (eta.highSeconds < 3) return 'a moment left';
  return `${formatRange(eta.lowSeconds, eta.highSeconds)} left`;
}

export function formatAgo(time: string | Date, now = Date.now()): string {
  const seconds = (new Date(time).getTime() - now) / 1000;
  const age = Math.abs(seconds);
  if (age < 45) return 'just now';
  if (age < 3600) return relative.format(Math.round(seconds / 60), 'minute');
  if (age < 86_400) return relative.format(Math.round(seconds / 3600), 'hour');
  if (age < 30 * 86_400) return relative.format(Math.round(seconds / 86_400), 'day');
  return exact.format(new Date(time));
}

/** `in 3 days`, and of what is further away the day: `on Feb 23, 2027`. */
export function formatUntil(time: string | Date, now = Date.now()): string {
  const isNear = Math.abs(new Date(time).getTime() - now) < 30 * 86_400_000;
  return isNear ? formatAgo(time, now) : `on ${day.format(new Date(time))}`;
}

export function formatMinute(time: string | Date): string {
  return minute.format(new Date(time));
}

export function formatExact(time: string | Date): string {
  return exact.format(new Date(time));
}

export function formatClock(time: string | Date): string {
  return clock.format(new Date(time));
}

/** `COSINE_WITH_RESTARTS` → `Cosine with restarts`. */
export function sentenceCase(constant: string): string {
  const words = constant.toLowerCase().replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
