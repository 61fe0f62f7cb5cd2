import packageJson from '../package.json' with { type: 'json' };
import { env } from './env.ts';

export const info = { name: 'Isengard', version: packageJson.version, mode: env.ISENGARD_MODE };
