import type { KnipConfig } from 'knip';

/** Fonts and colours come into the client by CSS. */
const importsOfCss = (css: string) =>
  [...css.matchAll(/@import\s+['"]([^'"]+)['"]/g)].map(([, path]) => `import '${path}';`).join('\n');

export default {
  // The scripts of package.json that say `exec node …`, and what is started as a process by its path.
  entry: [
    'server/{start,main,worker}.ts',
    'server/storage/decoder.ts',
    'server/faces/face-finder.ts',
    'client/showcase/main.tsx',
    'server/cli/{dev,demo,doctor,owner-link,seed}.ts',
    'bench/{bench,*-peer,*-writer,*-subscribers}.ts',
    'tests/stand-ins/comfyui/main.ts',
    'tests/stand-ins/ai-toolkit/trainer.ts',
  ],
  project: ['{schema,server,client,bench,tests}/**/*.{ts,tsx,css}', '*.{ts,mjs}'],
  vite: { config: ['client/vite.config.ts'] },
  compilers: { css: importsOfCss },
  // Run by their programs (`server/cli/check.ts`), or the other TypeScript that dependency-cruiser reads with, or what
  // @vladmandic/human asks for and does not bring along.
  ignoreDependencies: ['@typescript/native', 'dependency-cruiser', '@tensorflow/tfjs-converter'],
  // A type that is only used where it is made may still have a name for its callers.
  ignoreExportsUsedInFile: { interface: true, type: true },
} satisfies KnipConfig;
