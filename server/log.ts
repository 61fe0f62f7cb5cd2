import { pino, stdSerializers } from 'pino';
import { currentTrace } from './correlation.ts';
import { env } from './env.ts';

const service = process.argv[1]?.endsWith('worker.ts') ? 'worker' : 'server';

/** Drizzle names the values of a failed statement in its message: they are people's words, and no business of a log. */
const withoutValues = (text: string) => text.replaceAll(/\nparams: [^\n]*/g, '');

function serializeError(error: Error) {
  const serialized = stdSerializers.err(error);
  if (typeof serialized?.message !== 'string') return serialized;
  return {
    ...serialized,
    message: withoutValues(serialized.message),
    stack: withoutValues(serialized.stack),
  };
}

/** One JSON object a line: time, level, service, message, and within a request or job its correlation id. */
export const log = pino({
  level: env.LOG_LEVEL,
  base: { service },
  messageKey: 'message',
  errorKey: 'error',
  timestamp: () => `,"time":"${new Date().toISOString()}"`,
  formatters: { level: (level) => ({ level }) },
  serializers: { error: serializeError },
  mixin: () => ({ ...currentTrace() }),
});
