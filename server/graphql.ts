import './capabilities.graphql.ts';
import './characters/characters.graphql.ts';
import './generation/generation.graphql.ts';
import './images/images.graphql.ts';
import './images/references.graphql.ts';
import './info.graphql.ts';
import './jobs/jobs.graphql.ts';
import './loras/loras.graphql.ts';
import './maintenance/maintenance.graphql.ts';
import './retry.graphql.ts';
import './training/training.graphql.ts';
import './video.graphql.ts';
import './jobs/queues.graphql.ts';
import './jobs/workers.graphql.ts';
import { builder } from './builder.ts';

export const schema = builder.toSchema();
