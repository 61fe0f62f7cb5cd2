import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { realPhotos } from '#tests/pictures.ts';

/** Photos on disk, each another file: a JPEG comment tells them apart, and their pixels cost what pixels cost. */
export async function variedPhotos(
  folder: string,
  count: number,
): Promise<{ paths: string[]; bytes: number }> {
  await mkdir(folder, { recursive: true });
  const photos = await realPhotos();
  const paths: string[] = [];
  let bytes = 0;
  for (let n = 0; n < count; n++) {
    const photo = photos[n % photos.length]?.bytes;
    if (photo === undefined) throw new Error('There are no photos.');
    const varied = Buffer.concat([photo.subarray(0, 2), commentOf(n), photo.subarray(2)]);
    const path = join(folder, `photo-${String(n).padStart(4, '0')}.jpg`);
    await writeFile(path, varied);
    paths.push(path);
    bytes += varied.length;
  }
  return { paths, bytes };
}

/** A COM segment (ITU T.81, B.2.4.5): marker, length with itself, text. */
function commentOf(n: number) {
  const text = Buffer.from(`isengard bench ${n}`);
  return Buffer.concat([Buffer.from([0xff, 0xfe, 0, text.length + 2]), text]);
}
