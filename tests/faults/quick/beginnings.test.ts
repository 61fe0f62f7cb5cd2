import { until } from '../../until.ts';
import { checkInvariants } from '../invariants/check.ts';
import { fault } from '../tools/fault.ts';
import { startLab } from '../tools/lab.ts';
import { jobOf, newCharacterWithPhoto, newTraining } from '../tools/work.ts';

const TIMES = 2;

fault(10, 'from the moment in which a connection begins', async () => {
  await using lab = await startLab({ env: { FAST_TEST_STEP_MS: '20' } });
  const character = await newCharacterWithPhoto(lab);
  const { id } = await newTraining(lab, character.id, { steps: 300 });
  const client = lab.watch(id);
  await until(async () => (await jobOf(lab, id)).step > 20, 'it trains');

  for (let time = 0; time < TIMES; time++) {
    const begun = Promise.withResolvers<void>();
    // The driver asks each new connection for the types of arrays, before anybody else asks it for something.
    lab.database.watch(() => (bytes, from) => {
      if (from === 'server' || !bytes.includes('typarray')) return 'pass';
      lab.database.refuse();
      begun.resolve();
      return 'cut';
    });
    lab.database.cut();
    await begun.promise;
    // Whoever was in the middle of it comes again and is refused.
    const before = lab.database.refused();
    await until(() => lab.database.refused() > before + 5, 'others were refused');
    lab.database.watch(() => () => 'pass');
    lab.database.accept();
    await until(async () => (await lab.request('{ jobCounts { running } }')).response.ok, 'it serves again');
  }
  await client.end();
  await checkInvariants(lab);
  return `${TIMES} times; no process ends of it, the training completes`;
});
