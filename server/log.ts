import { pino } from 'pino';
import { currentTrace } from './correlation.ts';
import { env } from './env.ts';

const service = process.argv[1]?.endsWith('worker.ts') ? 'worker' : 'server';

/** Drizzle names the values of a failed statement in its message: they are people's words, and no business of a log. */
const withoutValues = (message: string) => message.replace(/\nparams: .*$/s, '');

/** A stack begins with the message, of as many lines as that has. */
function framesOf({ stack = '', message }: Error) {
  const start = stack.indexOf(message);
  const frames = start === -1 ? stack : stack.slice(start + message.length);
  return frames.split('\n').filter((line) => /^\s+at /.test(line));
}

const nameOf = (error: Error) => (error.name === 'Error' ? error.constructor.name : error.name);
const codeOf = (error: Error) => ('code' in error ? { code: error.code } : {});

/**
 * Only what is listed: libraries hang what they were working on onto their errors (parameters, rows, whole requests). A
 * cause says what the database or the system said ("deadlock detected").
 */
function serializeError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const message = withoutValues(error.message);
  const type = nameOf(error);
  const cause =
    error.cause instanceof Error
      ? { cause: { message: withoutValues(error.cause.message), ...codeOf(error.cause) } }
      : {};
  return {
    type,
    message,
    ...codeOf(error),
    stack: [`${type}: ${message}`, ...framesOf(error)].join('\n'),
    ...cause,
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
