import { registerHooks } from 'node:module';

/** Loaded before a process of ours (`--import`), it puts the catalogue of tests in the place of the real one. */
registerHooks({
  resolve(specifier, context, next) {
    const found = next(specifier, context);
    return found.url.endsWith('/server/models/catalogue.ts') &&
      !context.parentURL?.endsWith('/stand-ins/catalogue.ts')
      ? { ...found, url: new URL('./catalogue.ts', import.meta.url).href }
      : found;
  },
});
