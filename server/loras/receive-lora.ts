import type { FileUpload } from 'graphql-upload-minimal';
import { type LoraKind, loraKind, NoLora } from '../storage/lora-kind.ts';
import { InvalidSafetensors } from '../storage/safetensors.ts';
import { checkedSafetensors } from '../storage/safetensors-stream.ts';
import { type Received, TooManyBytes } from '../storage/storage.ts';
import { storage } from '../storage/volume.ts';
import { megabytes } from '../upload-budget.ts';
import { LoraUnreadable, NotALora } from './upload-errors.ts';

/** PRODUCT E2. */
export const MAX_LORA_BYTES = 2 * 2 ** 30;

/** What the header shows: what it is, and how many bytes the whole file has. */
export type Shown = { kind: LoraKind; bytes: number };

/**
 * Streams an uploaded file to a temporary one. What it is shows in its first bytes, so a file that is refused is not read to its
 * end; `accept` gets what they show and may throw, too.
 */
export async function receiveLora(
  file: FileUpload | undefined,
  accept: (shown: Shown) => void,
): Promise<Received & Shown & AsyncDisposable> {
  if (file === undefined)
    throw new LoraUnreadable('MISSING', 'The request names this file but does not have it.');
  let kind: LoraKind | undefined;
  const checked = checkedSafetensors(arriving(file), (header) => {
    const bytes = header.dataStart + header.dataSize;
    if (bytes > MAX_LORA_BYTES) throw tooLarge(megabytes(bytes));
    kind = loraKind(header);
    accept({ kind, bytes });
  });
  try {
    const received = await storage.receive(checked, { maxBytes: MAX_LORA_BYTES });
    if (kind === undefined) throw new Error('A file was received whose header was never seen.');
    return { ...received, kind, [Symbol.asyncDispose]: () => storage.discard(received.path) };
  } catch (error) {
    if (error instanceof InvalidSafetensors) throw new LoraUnreadable(error.reason, error.message);
    if (error instanceof NoLora) throw new NotALora(error);
    if (error instanceof TooManyBytes) throw tooLarge(`more than ${megabytes(error.limit)}`);
    throw error;
  }
}

const tooLarge = (size: string) =>
  new LoraUnreadable('TOO_LARGE', `The file has ${size}; the limit is ${megabytes(MAX_LORA_BYTES)}.`);

/** What fails here is the sender's part; everything that fails later is ours. */
async function* arriving(file: FileUpload): AsyncGenerator<Uint8Array> {
  try {
    // Destroying the stream of a part would leave the parser waiting for it.
    const source = file.createReadStream().iterator({ destroyOnReturn: false });
    for await (const chunk of source) yield chunk as Uint8Array;
  } catch {
    throw new LoraUnreadable('INCOMPLETE', 'The file did not arrive completely; send it again.');
  }
}
