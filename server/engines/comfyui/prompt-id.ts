import { createHash } from 'node:crypto';

/**
 * The id of an image's prompt, the same in every attempt, so that a later one finds what an earlier one left running or has
 * finished. Image 0 has the job's own. The others get a UUID of version 8 (RFC 9562 §5.8: made as one likes) out of both.
 */
export function promptIdOf(jobId: string, index: number): string {
  if (index === 0) return jobId.toLowerCase();
  const bytes = createHash('sha256').update(`isengard ${jobId} ${index}`).digest().subarray(0, 16);
  bytes.writeUInt8(((bytes[6] ?? 0) & 0x0f) | 0x80, 6);
  bytes.writeUInt8(((bytes[8] ?? 0) & 0x3f) | 0x80, 8);
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
