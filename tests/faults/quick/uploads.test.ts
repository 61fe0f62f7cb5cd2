import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { expect } from 'vitest';
import { until } from '../../until.ts';
import { MULTIPART_HEADERS, multipartBody, uploadFields } from '../../uploads.ts';
import { checkInvariants } from '../invariants/check.ts';
import { exitOf } from '../tools/exit.ts';
import { fault } from '../tools/fault.ts';
import { type Lab, startLab } from '../tools/lab.ts';
import { newCharacter, newPhoto, photo } from '../tools/work.ts';

const temporaryFiles = (lab: Lab) => readdir(join(lab.volume, 'cache/tmp'));

fault(3, '', async () => {
  await using lab = await startLab({ worker: false });
  const character = await newCharacter(lab);
  const { name: fileName, bytes } = await photo(1);
  const body = multipartBody([...uploadFields(character.id, 1), { name: '0', fileName, bytes }]);
  const upload = request(`${lab.url}/graphql`, { method: 'POST', headers: MULTIPART_HEADERS });
  const broken = once(upload, 'error');
  upload.write(body.subarray(0, body.length - 200));
  await until(async () => (await temporaryFiles(lab)).length > 0, 'the first part is on the disk');

  const { port } = new URL(lab.url);
  lab.process.kill('SIGKILL');
  await broken;
  await lab.startServer({ PORT: port });
  await checkInvariants(lab, { leftovers: 1 });
  const image = await newPhoto(lab, character.id, 1);
  expect(image.id).toBeTruthy();
  await checkInvariants(lab, { leftovers: 1 });
  return 'no image; the same photo sent again is accepted once';
});

fault(4, '', async () => {
  await using lab = await startLab({ worker: false });
  const character = await newCharacter(lab);
  const doomed = await lab.startServer({ FAILPOINT: 'upload.kept:kill' });
  await expect(newPhoto({ ...lab, ...doomed }, character.id, 1)).rejects.toThrow();
  await exitOf(doomed.process);
  // The photo lies there with no row, and as what was received. The sweeper would take both a day later.
  await checkInvariants(lab, { orphans: 1, leftovers: 1 });
  await expect(checkInvariants(lab, { leftovers: 1, patienceMs: 0 })).rejects.toThrow('has no row');
  lab.ledger.settle('images', (await newPhoto(lab, character.id, 1)).id);
  await checkInvariants(lab, { leftovers: 1 });
  return 'a file without a row; the same photo sent again is its row';
});
