import { expect, test } from 'vitest';
import type { Data } from './api.ts';
import { realPhotos } from './pictures.ts';
import { createCharacter, eventsOf, uploadImages } from './steps.ts';
import { startStudio } from './studio.ts';

test('one id runs from the request through job, worker, events and log lines, each line an object', async () => {
  await using studio = await startStudio({ env: { LOG_LEVEL: 'debug', FAST_TEST_STEP_MS: '1' } });
  const character = await createCharacter(studio);
  await uploadImages(studio, character.id, (await realPhotos()).slice(0, 1));
  const START = `mutation ($id: ID!) {
    startTraining(input: { characterId: $id, config: { steps: 5, samplePrompts: [] } }) {
      ... on StartTrainingSuccess { training { id correlationId } }
    }
  }`;
  const correlationId = 'from-a-program.42';
  const { answer, response } = await studio.request(
    START,
    { id: character.id },
    { 'X-Correlation-ID': correlationId },
  );
  expect(response.headers.get('x-correlation-id')).toBe(correlationId);
  const { training } = answer.data.startTraining;
  expect(training.correlationId).toBe(correlationId);
  const events = await eventsOf(studio, training.id);
  for (const event of events) expect(event.correlationId).toBe(correlationId);
  await studio.stop();

  const lines: Data[] = studio.logs.map((line) => JSON.parse(line));
  for (const line of lines)
    expect(line).toMatchObject({
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      level: expect.stringMatching(/^(trace|debug|info|warn|error|fatal)$/),
      service: expect.stringMatching(/^(server|worker)$/),
      message: expect.any(String),
    });
  const traced = lines.filter((line) => line.correlationId === correlationId);
  expect(new Set(traced.map(({ service }) => service))).toEqual(new Set(['server', 'worker']));
  const ofJob = lines.filter(({ jobId }) => jobId === training.id);
  expect(ofJob.length).toBeGreaterThan(1);
  for (const line of ofJob) expect(line.correlationId).toBe(correlationId);
  // People's words are nobody's log lines.
  expect(studio.logs.join('\n')).not.toContain(character.triggerWord);
});
