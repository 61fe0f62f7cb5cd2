import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';

/** What every log line written within a request or a job carries. */
export type Trace = { correlationId: string; jobId?: string; userId?: string };

export const CORRELATION_HEADER = 'x-correlation-id';
const ACCEPTED = /^[A-Za-z0-9._-]{1,64}$/;

const traces = new AsyncLocalStorage<Trace>();

export const withTrace = <Result>(trace: Trace, run: () => Result): Result => traces.run(trace, run);
export const currentTrace = () => traces.getStore();

/** The caller's own id when it can safely stand in headers and logs, otherwise a new one. */
export const correlationIdFrom = (given: unknown) =>
  typeof given === 'string' && ACCEPTED.test(given) ? given : randomUUID();

export const currentCorrelationId = () => currentTrace()?.correlationId ?? randomUUID();
