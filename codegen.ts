import type { CodegenConfig } from '@graphql-codegen/cli';

const scalars = { DateTime: 'string', ID: 'string', Seed: 'number', Bytes: 'number', Upload: 'File' };

export default {
  schema: 'schema/schema.graphql',
  generates: {
    'client/gql/': {
      preset: 'client',
      documents: ['client/**/*.{ts,tsx}', '!client/gql/**', '!client/dist/**'],
      config: { scalars, enumsAsTypes: true, useTypeImports: true, strictScalars: true },
    },
  },
} satisfies CodegenConfig;
