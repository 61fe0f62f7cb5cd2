/** A line of our JSON log as a person reads it: `12:03:44 worker  Job started kind=training`. Other lines as they are. */
export function readable(line: string): string {
  const entry = parse(line);
  if (entry === undefined) return line;
  const { time, level, service, message, ...rest } = entry;
  const details = Object.entries(rest).map(
    ([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  const how = level === 'info' ? '' : `${String(level).toUpperCase()} `;
  return `${String(time).slice(11, 19)} ${String(service).padEnd(6)}  ${how}${message} ${details.join(' ')}`.trimEnd();
}

function parse(line: string): Record<string, unknown> | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}
