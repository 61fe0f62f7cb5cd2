import { startProduction } from '../production.ts';
import { workflow } from './workflow.ts';

workflow({
  name: 'production, on stand-ins of its engines',
  start: () => startProduction({ client: true }),
  imageSide: 1024,
  samples: 15,
  lastCheckpoint: 250,
});
