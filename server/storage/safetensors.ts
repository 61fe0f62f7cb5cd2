/// <reference lib="esnext.float16" />
import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import {
  type Dtype,
  headerLength,
  headerText,
  InvalidSafetensors,
  parseSafetensorsHeader,
  type SafetensorsHeader,
} from './safetensors-header.ts';

export {
  type Dtype,
  InvalidSafetensors,
  type SafetensorsHeader,
} from './safetensors-header.ts';

/** A tensor to write. F16 is rounded to nearest from the given values. Row-major. */
export type TensorToWrite =
  | { dtype: 'F16' | 'F32'; shape: number[]; values: Float32Array }
  | { dtype: 'U8'; shape: number[]; values: Uint8Array };

/** A tensor that was read: its bytes as they are in the file, little-endian, row-major. */
export type Tensor = { dtype: Dtype; shape: number[]; bytes: Uint8Array };

const BYTES = { F32: 4, F16: 2, U8: 1 };

function encode(tensor: TensorToWrite): Uint8Array {
  if (tensor.dtype !== 'F16') {
    return new Uint8Array(tensor.values.buffer, tensor.values.byteOffset, tensor.values.byteLength);
  }
  return new Uint8Array(Float16Array.from(tensor.values).buffer);
}

/**
 * The values of an F16, BF16 or F32 tensor. Any other dtype is an `InvalidSafetensors`.
 * Typed arrays have the machine's byte order: little-endian wherever Node 24 runs.
 */
export function floatsOf({ dtype, bytes }: Tensor): Float32Array {
  // A copy, because a typed array must start at a multiple of its element's size.
  const { buffer } = bytes.slice();
  if (dtype === 'F32') return new Float32Array(buffer);
  if (dtype === 'F16') return Float32Array.from(new Float16Array(buffer));
  if (dtype === 'BF16') {
    return new Float32Array(Uint32Array.from(new Uint16Array(buffer), (half) => half << 16).buffer);
  }
  throw new InvalidSafetensors('BAD_DTYPE', `A tensor is ${dtype} where floating-point numbers are needed.`);
}

/**
 * Writes a safetensors file: complete and on disk when the promise resolves, and never there by halves (temporary
 * file, fsync, rename). Equal input gives equal bytes. Source: the format section of
 * https://github.com/huggingface/safetensors and its reference writer (widest dtype first, then by name; header padded
 * with spaces to a multiple of 8).
 */
export async function writeSafetensors(
  path: string,
  tensors: Record<string, TensorToWrite>,
  metadata: Record<string, string>,
): Promise<void> {
  const ordered = Object.entries(tensors).sort(([nameA, a], [nameB, b]) => {
    return BYTES[b.dtype] - BYTES[a.dtype] || (nameA < nameB ? -1 : 1);
  });
  const header: [string, unknown][] = [['__metadata__', metadata]];
  let offset = 0;
  for (const [name, { dtype, shape, values }] of ordered) {
    const end = offset + values.length * BYTES[dtype];
    header.push([name, { dtype, shape, data_offsets: [offset, end] }]);
    offset = end;
  }
  const json = Buffer.from(JSON.stringify(Object.fromEntries(header)));
  const head = Buffer.alloc(8 + Math.ceil(json.length / 8) * 8, ' ');
  head.writeBigUInt64LE(BigInt(head.length - 8));
  json.copy(head, 8);
  // Our own reader has to accept what we write; a shape that does not fit its values is found here.
  parseSafetensorsHeader(head.toString('utf8', 8), head.length, offset);
  await writeAtomically(path, [head, ...ordered.map(([, tensor]) => encode(tensor))]);
}

async function writeAtomically(path: string, parts: Uint8Array[]) {
  await mkdir(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}.${Math.random().toString(36).slice(2)}.tmp`;
  try {
    const file = await open(temporary, 'wx');
    try {
      for (const part of parts) await file.writeFile(part);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  const folder = await open(dirname(path));
  await folder.sync().finally(() => folder.close());
}

/**
 * Reads and checks only the header, as far as it may be trusted: a file of a stranger cannot make it read more than
 * 8 MiB, allocate by what it declares, or shadow a property. Throws `InvalidSafetensors` with the first rule that is
 * broken. The rules are ENGINES.md §7.2; they accept nothing that the reference reader refuses.
 */
export async function readSafetensorsHeader(path: string): Promise<SafetensorsHeader> {
  const file = await open(path);
  try {
    return await headerOf(file);
  } finally {
    await file.close();
  }
}

/** The whole file in memory, checked as `readSafetensorsHeader` does. For files whose size the caller knows to be fine. */
export async function readSafetensors(
  path: string,
): Promise<{ metadata: Map<string, string>; tensors: Map<string, Tensor> }> {
  const file = await open(path);
  try {
    const { metadata, tensors, dataStart } = await headerOf(file);
    const read = new Map<string, Tensor>();
    for (const [name, { dtype, shape, begin, end }] of tensors) {
      read.set(name, { dtype, shape, bytes: await readAt(file, dataStart + begin, end - begin) });
    }
    return { metadata, tensors: read };
  } finally {
    await file.close();
  }
}

async function headerOf(file: FileHandle): Promise<SafetensorsHeader> {
  const { size } = await file.stat();
  if (size < 10) throw new InvalidSafetensors('TOO_SHORT', 'The file is too short to be a safetensors file.');
  const length = headerLength(await readAt(file, 0, 8));
  if (length > size - 8) {
    throw new InvalidSafetensors(
      'HEADER_TRUNCATED',
      `The header declares ${length} bytes in a file of ${size}.`,
    );
  }
  const text = headerText(await readAt(file, 8, length));
  return parseSafetensorsHeader(text, 8 + length, size - 8 - length);
}

async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await file.read(bytes, filled, length - filled, position + filled);
    if (bytesRead === 0)
      throw new InvalidSafetensors('HEADER_TRUNCATED', 'The file became shorter while it was read.');
    filled += bytesRead;
  }
  return bytes;
}
