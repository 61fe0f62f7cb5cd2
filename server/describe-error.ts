const MAX_CAUSES = 5;

/** Drizzle names the values of a failed statement in its message: they are people's words, and no business of a log. */
const withoutValues = (message: unknown) => String(message).replace(/\nparams: .*$/s, '');

/** A stack begins with the message, of as many lines as that has. */
function framesOf({ stack = '', message }: Error) {
  const start = stack.indexOf(message);
  const frames = start === -1 ? stack : stack.slice(start + message.length);
  return frames.split('\n').filter((line) => /^\s+at /.test(line));
}

const typeOf = (error: Error) => (error.name === 'Error' ? error.constructor.name : error.name);
const codeOf = (error: Error) => ('code' in error ? { code: error.code } : {});

/**
 * Only what is listed: libraries hang what they were working on onto their errors (parameters, rows, whole requests). A
 * cause says what the database or the system said ("deadlock detected").
 */
export function describeError(error: Error): object {
  const message = withoutValues(error.message);
  const type = typeOf(error);
  const stack = [`${type}: ${message}`, ...framesOf(error)].join('\n');
  return { type, message, ...codeOf(error), stack, ...reasonsOf(error, MAX_CAUSES) };
}

/** The causes of an error, and the errors that it gathers, without the places that they come from. */
function reasonsOf(error: Error, left: number): object {
  if (left === 0) return {};
  const reasonOf = (reason: Error) => ({
    message: withoutValues(reason.message),
    ...codeOf(reason),
    ...reasonsOf(reason, left - 1),
  });
  const gathered = error instanceof AggregateError ? error.errors.filter((one) => one instanceof Error) : [];
  return {
    ...(error.cause instanceof Error && { cause: reasonOf(error.cause) }),
    ...(gathered.length > 0 && { errors: gathered.slice(0, MAX_CAUSES).map(reasonOf) }),
  };
}
