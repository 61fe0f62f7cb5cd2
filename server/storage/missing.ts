/** Whether a call of the file system failed because what it was about is not there: it, or a folder on the way to it. */
export const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
