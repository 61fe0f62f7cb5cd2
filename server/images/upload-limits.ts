/** Of one picture. */
export const MAX_FILE_BYTES = 20 * 2 ** 20;
/** Of one request. */
export const MAX_FILES = 500;

/** For sentences. Rounded up, so that what is over a limit never reads as the limit. */
export const megabytes = (bytes: number) =>
  `${(Math.ceil((bytes / 2 ** 20) * 100) / 100).toLocaleString('en')} MB`;
