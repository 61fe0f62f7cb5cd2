import { type Logger, pino } from 'pino';
import { currentTrace } from './correlation.ts';
import { env } from './env.ts';
import { redact } from './redact.ts';
import { redactText } from './redact-text.ts';

const service = process.argv[1]?.endsWith('worker.ts') ? 'worker' : 'server';

/**
 * One JSON object a line: time, level, service, message, and within a request or job its correlation id. No secret, and at info and above
 * no word of anybody's: prompts, captions, names.
 */
export const log: Logger = pino({
  level: env.LOG_LEVEL,
  base: { service },
  messageKey: 'message',
  errorKey: 'error',
  timestamp: () => `,"time":"${new Date().toISOString()}"`,
  formatters: { level: (level) => ({ level }) },
  // Before pino looks at it: it reads fields, which may throw, and copies what it was given.
  hooks: {
    logMethod(args, method) {
      const [given, ...rest] = args as unknown[];
      const first = given instanceof Error ? { error: given } : given;
      const safe = [first, ...rest].map((part) => (typeof part === 'string' ? part : redact(part)));
      method.apply(this, safe as Parameters<typeof method>);
    },
  },
  // The message when it is put together. Errors are data by now, which pino would take for an error once more.
  serializers: { message: redactText, err: (described) => described },
  mixin: () => ({ ...currentTrace() }),
});
