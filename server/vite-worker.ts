import { workerData } from 'node:worker_threads';
import { build } from 'vite';

/** What `buildClient` gives to its thread. */
export type ViteJob = { configFile: string; outDir: string };

const { configFile, outDir } = workerData as ViteJob;
await build({ configFile, logLevel: 'silent', build: { outDir, emptyOutDir: true } });
