import { existsSync } from 'node:fs';
import { isIP } from 'node:net';
import { join, resolve } from 'node:path';
import { z } from 'zod';

const number = (min: number, max: number) => z.coerce.number().int().min(min).max(max);

const KINDS = ['training', 'generation', 'download'] as const;
const kinds = z
  .string()
  .transform((text) => text.split(',').map((kind) => kind.trim()))
  .pipe(z.array(z.enum(KINDS)).min(1));

const seconds = z
  .string()
  .transform((text) => text.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part))))
  .pipe(z.array(z.int().min(0).max(86_400)));

/** Exact ones, as browsers send them: a scheme, a host, a port if it is not the usual one. */
const origins = z
  .string()
  .transform((text) => text.split(',').map((origin) => origin.trim()))
  .pipe(
    z.array(
      z.string().refine((origin) => /^https?:/.test(origin) && URL.parse(origin)?.origin === origin, {
        error: ({ input }) => `${input} is not an origin such as https://app.example.com`,
      }),
    ),
  );

/** Addresses of programs that speak HTTP, without the slash at the end. */
const urls = z
  .string()
  .transform((text) => text.split(',').map((url) => url.trim().replace(/\/+$/, '')))
  .pipe(z.array(z.url({ protocol: /^https?$/ })).min(1));

/** Addresses and CIDR blocks. */
const networks = z
  .string()
  .transform((text) => text.split(',').map((network) => network.trim()))
  .pipe(
    z.array(
      z.string().transform((network, { addIssue }) => {
        const [address = '', length] = network.split('/');
        const version = isIP(address);
        const most = version === 6 ? 128 : 32;
        const bits = length === undefined ? most : /^\d{1,3}$/.test(length) ? Number(length) : Number.NaN;
        if (version === 0 || !(bits <= most))
          addIssue(`${network} is neither an address nor a block of them such as 10.0.0.0/8`);
        return { address, bits, family: version === 6 ? ('ipv6' as const) : ('ipv4' as const) };
      }),
    ),
  );

/** Every variable that the product reads; `.env.example` lists them with their meaning. */
const Variables = z.object({
  ISENGARD_MODE: z.enum(['fast-test', 'production']).default('fast-test'),
  VOLUME_ROOT: z.string().min(1).optional(),
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
  HOST: z.string().min(1).default('127.0.0.1'),
  PORT: number(0, 65_535).default(3000),
  PUBLIC_URL: z
    .url({ protocol: /^https?$/ })
    .refine(
      (url) => URL.parse(url)?.pathname === '/',
      'it has no path: Isengard is at the root of its address',
    )
    .optional(),
  CORS_ORIGINS: origins.default([]),
  TRUSTED_PROXIES: networks.default([]),
  RATE_LIMIT: number(0, 1_000_000).default(3000),
  FILE_RATE_LIMIT: number(0, 1_000_000).default(30_000),
  MAX_SOCKETS: number(1, 100_000).default(200),
  ISENGARD_AUTH: z.enum(['on', 'off']).default('on'),
  LOG_DIR: z.string().min(1).optional(),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
  WORKER_KINDS: kinds.default([...KINDS]),
  GPU_EXCLUSIVE: z.enum(['on', 'off']).default('on'),
  STALL_SECONDS: number(1, 86_400).default(600),
  STOP_SECONDS: number(1, 3600).default(20),
  RETRY_SECONDS: seconds.default([0, 30, 120]),
  IDENTITY_SCORES: z.enum(['on', 'off']).default('on'),
  MAX_OPEN_JOBS: number(1, 10_000_000).default(20_000),
  MAX_UPLOADED_GB: z.coerce.number().min(0).optional(),
  MIN_FREE_MB: z.coerce.number().min(0).default(200),
  HISTORY_DAYS: number(1, 36_500).default(90),
  ORPHAN_HOURS: number(1, 8760).default(24),
  COMFYUI_URLS: urls.default(['http://127.0.0.1:8188']),
  COMFYUI_MODELS_DIR: z.string().min(1).optional(),
  COMFYUI_EMBED_GRAPH: z.enum(['on', 'off']).default('off'),
  AI_TOOLKIT_DIR: z.string().min(1).optional(),
  AI_TOOLKIT_PYTHON: z.string().min(1).optional(),
  HF_TOKEN: z.string().min(1).optional(),
  HF_ENDPOINT: z.url({ protocol: /^https?$/ }).default('https://huggingface.co'),
  FAST_TEST_STEP_MS: number(0, 60_000).default(20),
  FAST_TEST_FAULT: z.string().optional(),
  FAILPOINT: z.string().optional(),
});

export const VARIABLES = Object.keys(Variables.shape);

export type Env = z.infer<typeof Variables> & { VOLUME_ROOT: string; LOG_DIR: string };

/** RunPod mounts its network volume at one of two places; anywhere else we stay beside the project. */
function defaultVolumeRoot() {
  for (const mount of ['/runpod-volume', '/workspace']) if (existsSync(mount)) return `${mount}/isengard`;
  return './data';
}

class BadEnvironment extends Error {}

const isLoopback = (host: string) => /^(localhost|127(\.\d+){3}|::1)$/.test(host);

/** What would leave it open to a network, or out of reach. */
function checkAccess({
  HOST,
  PUBLIC_URL,
  ISENGARD_AUTH,
  TRUSTED_PROXIES,
  CORS_ORIGINS,
}: z.infer<typeof Variables>) {
  const isOff = ISENGARD_AUTH === 'off';
  if (isOff && !isLoopback(HOST))
    throw new BadEnvironment(
      `ISENGARD_AUTH=off lets everybody in who can reach it, so it needs HOST=127.0.0.1; HOST is ${HOST}.`,
    );
  const own = PUBLIC_URL === undefined ? '127.0.0.1' : new URL(PUBLIC_URL).hostname.replace(/^\[|\]$/g, '');
  if (isOff && (!isLoopback(own) || TRUSTED_PROXIES.length > 0 || CORS_ORIGINS.length > 0))
    throw new BadEnvironment(
      'ISENGARD_AUTH=off is for one machine alone: it goes with none of PUBLIC_URL, TRUSTED_PROXIES and CORS_ORIGINS.',
    );
  if (isLoopback(HOST)) return;
  if (PUBLIC_URL === undefined)
    throw new BadEnvironment(
      `With HOST=${HOST}, set PUBLIC_URL to the address that browsers use, such as https://studio.example.com. It answers to no other name.`,
    );
}

export function readEnv(source: NodeJS.ProcessEnv): Env {
  // An empty value is how compose files and shells say "not set".
  const given = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== ''));
  const { data, error } = Variables.safeParse(given);
  if (error !== undefined) {
    const [issue] = error.issues;
    throw new BadEnvironment(
      `The environment variable ${String(issue?.path[0])} is not usable: ${issue?.message}.`,
    );
  }
  checkAccess(data);
  const volumeRoot = resolve(data.VOLUME_ROOT ?? defaultVolumeRoot());
  return { ...data, VOLUME_ROOT: volumeRoot, LOG_DIR: resolve(data.LOG_DIR ?? join(volumeRoot, 'logs')) };
}

export const env = readEnv(process.env);
