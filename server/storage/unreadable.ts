export const UNREADABLE_CODES = [
  'EMPTY_FILE',
  'NOT_AN_IMAGE',
  'UNSUPPORTED_FORMAT',
  'POLYGLOT',
  'TOO_SMALL',
  'TOO_LARGE_PIXELS',
  'DAMAGED',
  'UNDECODABLE',
] as const;

/** What is wrong with a file that was to be a picture, for who sent it. */
export class UnreadablePicture extends Error {
  readonly code: (typeof UNREADABLE_CODES)[number];

  constructor(code: UnreadablePicture['code'], message: string) {
    super(message);
    this.code = code;
  }
}
