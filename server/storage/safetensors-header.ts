/** The rules for a safetensors header, apart from reading the file. */

/** Bits of one value, from `safetensors/src/tensor.rs`. */
const BITS = {
  ...{ BOOL: 8, U8: 8, I8: 8, F8_E5M2: 8, F8_E4M3: 8, F8_E8M0: 8, F8_E4M3FNUZ: 8, F8_E5M2FNUZ: 8 },
  ...{ I16: 16, U16: 16, F16: 16, BF16: 16, I32: 32, U32: 32, F32: 32 },
  ...{ C64: 64, F64: 64, I64: 64, U64: 64, F4: 4, F6_E2M3: 6, F6_E3M2: 6 },
};
export type Dtype = keyof typeof BITS;
export type TensorHeader = { dtype: Dtype; shape: number[]; begin: number; end: number };
export type SafetensorsHeader = {
  metadata: Map<string, string>;
  tensors: Map<string, TensorHeader>;
  /** Where the tensors' bytes begin in the file; `begin` and `end` of a tensor count from here. */
  dataStart: number;
  /** What the tensors have together: the file ends so many bytes after `dataStart`. */
  dataSize: number;
};

export type SafetensorsProblem =
  | 'TOO_SHORT'
  | 'HEADER_TOO_LARGE'
  | 'HEADER_TRUNCATED'
  | 'HEADER_NOT_UTF8'
  | 'HEADER_NOT_JSON'
  | 'TOO_DEEP'
  | 'DUPLICATE_KEY'
  | 'TOO_MANY_TENSORS'
  | 'BAD_METADATA'
  | 'BAD_NAME'
  | 'BAD_DTYPE'
  | 'BAD_SHAPE'
  | 'BAD_OFFSETS'
  | 'BAD_LAYOUT';

/** The file is not a safetensors file that we accept; `reason` is for programs, `message` for people. */
export class InvalidSafetensors extends Error {
  readonly reason: SafetensorsProblem;

  constructor(reason: SafetensorsProblem, message: string) {
    super(message);
    this.reason = reason;
  }
}

/** The reference allows 100 MB; the largest header of a real LoRA that we saw is below 1 MB. */
const MAX_HEADER_BYTES = 8 * 2 ** 20;
const MAX_TENSORS = 20_000;
const MAX_DEPTH = 4;
const MAX_METADATA = { entries: 500, keyBytes: 256, valueBytes: 256 * 1024, totalBytes: 4 * 2 ** 20 };
const MAX_NAME = 512;
const MAX_DIMENSIONS = 8;
const MAX_DIMENSION = 2 ** 31;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isOffset = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0;

/** How many bytes the header has, by the first eight of the file. */
export function headerLength(first: Buffer): number {
  const declared = first.readBigUInt64LE();
  if (declared > BigInt(MAX_HEADER_BYTES)) {
    throw new InvalidSafetensors(
      'HEADER_TOO_LARGE',
      `The header declares ${declared} bytes; 8 MiB are accepted.`,
    );
  }
  if (declared < 2n) throw new InvalidSafetensors('HEADER_TRUNCATED', `The header has ${declared} bytes.`);
  return Number(declared);
}

export function headerText(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new InvalidSafetensors('HEADER_NOT_UTF8', 'The header is not UTF-8.');
  }
}

/**
 * The header's text checked and typed. `fileData` is what the file has after it, in bytes; null while that is not known, and
 * then it has to be compared with `dataSize` when it is.
 */
export function parseSafetensorsHeader(
  text: string,
  dataStart: number,
  fileData: number | null,
): SafetensorsHeader {
  if (!text.startsWith('{'))
    throw new InvalidSafetensors('HEADER_NOT_JSON', 'The header does not start with "{".');
  refuseDeepOrManyOrDuplicate(text);
  let header: unknown;
  try {
    header = JSON.parse(text);
  } catch {
    throw new InvalidSafetensors('HEADER_NOT_JSON', 'The header is not JSON.');
  }
  if (!isObject(header)) throw new InvalidSafetensors('HEADER_NOT_JSON', 'The header is not a JSON object.');

  // Maps, not objects: a tensor may be called `__proto__`.
  const tensors = new Map<string, TensorHeader>();
  let metadata = new Map<string, string>();
  for (const [name, value] of Object.entries(header)) {
    if (name === '__metadata__') metadata = checkMetadata(value);
    else tensors.set(checkName(name), checkTensor(name, value, fileData ?? Number.MAX_SAFE_INTEGER));
  }
  const dataSize = checkLayout(tensors);
  if (fileData !== null && fileData !== dataSize) throw hasMore();
  return { metadata, tensors, dataStart, dataSize };
}

/**
 * `JSON.parse` keeps the last of two equal keys in silence, and would recurse as deep as a file tells it to and make as many objects.
 * By hand, because a regular expression looks for the end of a string without one from each of its quotes anew: hours for 8 MiB.
 */
function refuseDeepOrManyOrDuplicate(text: string) {
  const open: (Set<string> | null)[] = [];
  for (let at = 0; at < text.length; at++) {
    const sign = text[at];
    if (sign === '{' || sign === '[') {
      if (open.push(sign === '{' ? new Set() : null) > MAX_DEPTH) {
        throw new InvalidSafetensors('TOO_DEEP', `The header is nested deeper than ${MAX_DEPTH}.`);
      }
    } else if (sign === '}' || sign === ']') {
      open.pop();
    } else if (sign === '"') {
      const end = endOfString(text, at);
      if (isKey(text, end)) addKey(open.at(-1), unescaped(text.slice(at, end + 1)));
      if (open.length === 1) refuseMany(open[0]);
      at = end;
    }
  }
}

/** Where the quote is that ends the string which begins at `start`. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === '"') return at;
    if (text[at] === '\\') at++;
  }
  throw new InvalidSafetensors('HEADER_NOT_JSON', 'The header is not JSON.');
}

function isKey(text: string, end: number): boolean {
  let at = end + 1;
  while (at < text.length && ' \t\r\n'.includes(text[at] ?? '')) at++;
  return text[at] === ':';
}

function addKey(keys: Set<string> | null | undefined, key: string) {
  if (keys?.has(key))
    throw new InvalidSafetensors('DUPLICATE_KEY', `The header has "${key.slice(0, 80)}" twice.`);
  keys?.add(key);
}

/** The keys of the outermost object are tensors, but for one. */
function refuseMany(keys: Set<string> | null | undefined) {
  if (keys && keys.size - Number(keys.has('__metadata__')) > MAX_TENSORS)
    throw new InvalidSafetensors('TOO_MANY_TENSORS', `The file lists more than ${MAX_TENSORS} tensors.`);
}

function unescaped(quoted: string): string {
  try {
    return String(JSON.parse(quoted));
  } catch {
    throw new InvalidSafetensors('HEADER_NOT_JSON', 'The header is not JSON.');
  }
}

function checkMetadata(value: unknown): Map<string, string> {
  const bad = (why: string) => new InvalidSafetensors('BAD_METADATA', `The metadata ${why}.`);
  if (!isObject(value)) throw bad('is not an object');
  const entries = Object.entries(value);
  if (entries.length > MAX_METADATA.entries) throw bad(`has more than ${MAX_METADATA.entries} entries`);
  const metadata = new Map<string, string>();
  let total = 0;
  for (const [key, text] of entries) {
    if (typeof text !== 'string') throw bad('has a value that is not a string');
    const [keyBytes, valueBytes] = [Buffer.byteLength(key), Buffer.byteLength(text)];
    total += keyBytes + valueBytes;
    if (keyBytes > MAX_METADATA.keyBytes || valueBytes > MAX_METADATA.valueBytes)
      throw bad('has an entry too large');
    if (total > MAX_METADATA.totalBytes) throw bad(`is larger than ${MAX_METADATA.totalBytes} bytes`);
    if (key !== 'modelspec.thumbnail' || isThumbnail(text)) metadata.set(key, text);
  }
  return metadata;
}

/** Any other thumbnail (a link, an SVG) is left out, so that nobody downstream can be made to load it. */
const isThumbnail = (text: string) => /^data:image\/(png|jpeg|webp);base64,[A-Za-z0-9+/=]*$/.test(text);

function checkName(name: string): string {
  if (name.length === 0 || name.length > MAX_NAME || /[\p{C}\p{Zl}\p{Zp}]/u.test(name)) {
    throw new InvalidSafetensors('BAD_NAME', `A tensor's name is empty, too long or not printable.`);
  }
  return name;
}

function checkTensor(name: string, value: unknown, fileData: number): TensorHeader {
  if (!isObject(value)) throw new InvalidSafetensors('BAD_DTYPE', `"${name}" is not described by an object.`);
  const { dtype, shape, data_offsets: offsets } = value;
  if (typeof dtype !== 'string' || !Object.hasOwn(BITS, dtype)) {
    throw new InvalidSafetensors('BAD_DTYPE', `"${name}" has an unknown dtype.`);
  }
  if (!Array.isArray(shape) || shape.length > MAX_DIMENSIONS || !shape.every(isOffset)) {
    throw new InvalidSafetensors('BAD_SHAPE', `"${name}" has no usable shape.`);
  }
  if (shape.some((side) => side > MAX_DIMENSION)) {
    throw new InvalidSafetensors('BAD_SHAPE', `"${name}" has a side longer than 2^31.`);
  }
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isOffset)) {
    throw new InvalidSafetensors('BAD_OFFSETS', `"${name}" has no usable offsets.`);
  }
  const [begin = 0, end = 0] = offsets;
  if (begin > end || end > fileData) {
    throw new InvalidSafetensors('BAD_OFFSETS', `"${name}" lies outside of the file.`);
  }
  // Checked to be one of the keys just above.
  const known = dtype as Dtype;
  const bits = shape.reduce((product, side) => product * BigInt(side), BigInt(BITS[known]));
  if (bits !== BigInt(end - begin) * 8n) {
    throw new InvalidSafetensors(
      'BAD_OFFSETS',
      `"${name}" has another number of bytes than its shape needs.`,
    );
  }
  return { dtype: known, shape, begin, end };
}

/** No gap and no overlap: a file that hides something between its tensors (a ZIP, a script) is refused. Answers where they end. */
function checkLayout(tensors: Map<string, TensorHeader>): number {
  let reached = 0;
  for (const { begin, end } of [...tensors.values()].sort((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (begin !== reached) throw new InvalidSafetensors('BAD_LAYOUT', 'The tensors overlap or leave a gap.');
    reached = end;
  }
  return reached;
}

export const hasMore = () =>
  new InvalidSafetensors('BAD_LAYOUT', 'The file has bytes that belong to no tensor.');
