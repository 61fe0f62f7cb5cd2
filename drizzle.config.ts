import type { Config } from 'drizzle-kit';

export default {
  dialect: 'postgresql',
  schema: './schema/*.ts',
  out: './migrations',
  casing: 'snake_case',
} satisfies Config;
