/** Of one picture. */
export const MAX_FILE_BYTES = 20 * 2 ** 20;
/** Of one request. */
export const MAX_FILES = 500;
