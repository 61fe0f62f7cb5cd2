import { startStudio } from '../studio.ts';
import { workflow } from './workflow.ts';

workflow({
  name: 'fast test',
  start: () => startStudio({ client: true, env: { FAST_TEST_STEP_MS: '20' } }),
  imageSide: 1024,
  samples: 15,
  lastCheckpoint: 500,
});
