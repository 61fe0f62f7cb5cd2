import { join } from 'node:path';
import type { Installation } from './installation.ts';
import { clock, type Row, ratioOf } from './measure.ts';
import { variedPhotos } from './photos.ts';
import { start } from './processes.ts';
import { newCharacter, uploadPhotos } from './upload.ts';

const PHOTOS = 500;
const WARM_UP = 20;
/** A rate, so fewer do, and the run is over sooner. */
const PEER_PHOTOS = 200;

/** Photos in one mutation, against the same work on the same files without server, network and database. */
export async function uploads({ url, env }: Installation): Promise<Row[]> {
  const folder = join(env.VOLUME_ROOT ?? '', 'bench-photos');
  const { paths, bytes } = await variedPhotos(folder, PHOTOS + WARM_UP);
  const [warmUp, measured] = [paths.slice(0, WARM_UP), paths.slice(WARM_UP)];
  const photoMegabytes = bytes / paths.length / 1e6;

  const characterId = await newCharacter(url, 'bench uploads');
  await uploadPhotos(url, characterId, warmUp);
  const startedAt = clock();
  await uploadPhotos(url, characterId, measured);
  const ours = (PHOTOS * photoMegabytes) / ((clock() - startedAt) / 1000);

  const peer = await start('bench/uploads-peer.ts', { ...env, VOLUME_ROOT: join(folder, 'peer') });
  await peer.ask({ paths: warmUp });
  const { elapsed } = await peer.ask<{ elapsed: number }>({ paths: measured.slice(0, PEER_PHOTOS) });
  await peer.stop();
  const theirs = (PEER_PHOTOS * photoMegabytes) / (elapsed / 1000);
  return [
    {
      name: `upload of ${PHOTOS} photos in one mutation (${(PHOTOS * photoMegabytes).toFixed(0)} MB)`,
      measured: `${ours.toFixed(1)} MB/s`,
      against: `${theirs.toFixed(1)} MB/s hashed, written and thumbnailed`,
      ratio: ratioOf(ours, theirs),
    },
  ];
}
