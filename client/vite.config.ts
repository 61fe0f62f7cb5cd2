import { join } from 'node:path';
import { babelOptimizerPlugin } from '@graphql-codegen/client-preset';
import { defineConfig } from 'vite';
import solid from 'vite-plugin-solid';
import { licences } from './licences-plugin.ts';

const server = `http://localhost:${process.env.PORT ?? 3000}`;
const root = import.meta.dirname;

export default defineConfig(({ command }) => {
  // A test run's NODE_ENV would build what warns and measures for developers.
  if (command === 'build') process.env.NODE_ENV = 'production';
  return {
    root,
    plugins: [
      // Without the optimizer every chunk would carry the table of all documents.
      solid({
        babel: {
          plugins: [[babelOptimizerPlugin, { artifactDirectory: join(root, 'gql'), gqlTagName: 'graphql' }]],
        },
      }),
      licences(join(root, '..')),
    ],
    build: {
      outDir: 'dist',
      emptyOutDir: true,
      target: 'es2022',
      // Nothing inlined: the content security policy allows no data: scripts, styles or fonts.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
    },
    server: {
      port: Number(process.env.CLIENT_PORT ?? 5173),
      // The API's path is also the beginning of those of `graphql/`, a folder of the client.
      proxy: { '^/graphql(\\?|$)': { target: server, ws: true }, '^/files/': server },
    },
  };
});
