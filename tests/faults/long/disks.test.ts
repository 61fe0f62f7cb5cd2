import { expect } from 'vitest';
import { until } from '../../until.ts';
import { checkInvariants } from '../invariants/check.ts';
import { fault } from '../tools/fault.ts';
import { startLab } from '../tools/lab.ts';
import { smallDisk } from '../tools/small-disk.ts';
import { jobOf, newCharacterWithPhoto, newPhoto, newTraining, photo } from '../tools/work.ts';

fault(12, '', async () => {
  await using disk = await smallDisk({ megabytes: 2 });
  await using lab = await startLab({ worker: false, volume: disk.path, env: { MIN_FREE_MB: '0' } });
  const character = await newCharacterWithPhoto(lab);
  const { bytes } = await photo(2);
  await disk.fill({ except: Math.floor(bytes.length / 2) });
  await expect(newPhoto(lab, character.id, 2)).rejects.toThrow('The volume is full');
  await checkInvariants(lab);
  await disk.free();
  lab.ledger.settle('images', (await newPhoto(lab, character.id, 2)).id);
  await checkInvariants(lab);
  return 'refused with DISK_FULL, nothing left of it; accepted when there is space';
});

fault(
  13,
  '',
  async () => {
    await using disk = await smallDisk({ megabytes: 16 });
    const env = { MIN_FREE_MB: '4', FAST_TEST_STEP_MS: '10' };
    await using lab = await startLab({ volume: disk.path, env });
    const character = await newCharacterWithPhoto(lab);
    const { id } = await newTraining(lab, character.id, { steps: 300 });
    const client = lab.watch(id);
    await until(async () => (await jobOf(lab, id)).step > 60, 'its first checkpoint is kept');
    await disk.fill();
    const holdOf = async () =>
      (await lab.sql`select hold ->> 'code' as code from jobs where id = ${id}`)[0]?.code;
    await until(async () => (await holdOf()) === 'DISK_FULL', 'it waits for space');
    await checkInvariants(lab);
    await disk.free();
    expect((await client.end()).at(-1)).toMatchObject({ state: 'COMPLETED' });
    const { attempts } = await jobOf(lab, id);
    expect(attempts.at(0)).toMatchObject({ outcome: 'HELD', error: { code: 'DISK_FULL' } });
    await checkInvariants(lab);
    return `waits with DISK_FULL, goes on by itself and completes in attempt ${attempts.length}`;
  },
  150_000,
);
