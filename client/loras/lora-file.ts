const LIMIT_BYTES = 2 * 1024 ** 3;
const MAX_HEADER_BYTES = 8 * 1024 ** 2;

/** What can be seen of a file before it is sent: whether the server would refuse it at once. Null when it would not. */
export async function whyNoLora(file: File): Promise<string | null> {
  if (file.size > LIMIT_BYTES)
    return `The file is ${Math.ceil(file.size / 1024 ** 2).toLocaleString('en')} MB; the limit is 2,048 MB.`;
  const start = new DataView(await file.slice(0, 9).arrayBuffer());
  const isSafetensors =
    start.byteLength === 9 &&
    start.getBigUint64(0, true) <= BigInt(MAX_HEADER_BYTES) &&
    start.getUint8(8) === '{'.charCodeAt(0);
  return isSafetensors
    ? null
    : 'This is not a safetensors file. Other files (.ckpt, .pt, .bin) may hold programs and are never taken.';
}
