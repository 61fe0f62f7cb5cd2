import { pino } from 'pino';
import { currentTrace } from './correlation.ts';
import { env } from './env.ts';

const service = process.argv[1]?.endsWith('worker.ts') ? 'worker' : 'server';

/** One JSON object a line: time, level, service, message, and within a request or job its correlation id. */
export const log = pino({
  level: env.LOG_LEVEL,
  base: { service },
  messageKey: 'message',
  errorKey: 'error',
  timestamp: () => `,"time":"${new Date().toISOString()}"`,
  formatters: { level: (level) => ({ level }) },
  mixin: () => ({ ...currentTrace() }),
});
