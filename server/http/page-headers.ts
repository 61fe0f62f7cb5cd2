import { env } from '../env.ts';

/** Directives of a content security policy. What a page does not name, it may not have. */
type Policy = Record<string, string>;

const NOBODY_ELSE: Policy = {
  'default-src': "'none'",
  'object-src': "'none'",
  'base-uri': "'none'",
  // Forms are sent by scripts, as JSON.
  'form-action': "'none'",
  'frame-ancestors': "'none'",
};

/**
 * The client. Scripts and styles are files of ours; what components set on an element's `style` goes through the object model, which no
 * policy forbids. Pictures are also the blurs that are computed before one has loaded. `'self'` is the socket too (CSP 3). Strings
 * become markup through client/trusted-types.ts alone.
 */
export const CLIENT_POLICY: Policy = {
  ...NOBODY_ELSE,
  'script-src': "'self'",
  'style-src': "'self'",
  'img-src': "'self' data:",
  'font-src': "'self'",
  'connect-src': "'self'",
  'require-trusted-types-for': "'script'",
  'trusted-types': 'default',
};

/** GraphiQL is one document with its script in it, which is known by its hash. */
export const playgroundPolicy = (scriptHashes: string[]): Policy => ({
  ...NOBODY_ELSE,
  'script-src': scriptHashes.map((hash) => `'${hash}'`).join(' '),
  // Its editor (Monaco) makes style elements and styled markup as it goes, so no hash or nonce can cover them.
  'style-src': "'unsafe-inline'",
  'img-src': "'self' data:",
  'font-src': 'data:',
  'connect-src': "'self'",
  // The editor's helpers, which the script makes.
  'worker-src': 'blob:',
});

const UNUSED = [
  'accelerometer',
  'autoplay',
  'camera',
  'display-capture',
  'encrypted-media',
  'fullscreen',
  'geolocation',
  'gyroscope',
  'hid',
  'idle-detection',
  'local-fonts',
  'magnetometer',
  'microphone',
  'midi',
  'payment',
  'picture-in-picture',
  'publickey-credentials-create',
  'publickey-credentials-get',
  'screen-wake-lock',
  'serial',
  'storage-access',
  'usb',
  'window-management',
  'xr-spatial-tracking',
];
/** Copying is what the pages do; nothing else that asks for leave. */
const PERMISSIONS = [
  ...UNUSED.map((feature) => `${feature}=()`),
  'clipboard-read=()',
  'clipboard-write=(self)',
];

const isHttps = env.PUBLIC_URL !== undefined && new URL(env.PUBLIC_URL).protocol === 'https:';

/** The headers of a page, and of the files that it is made of. */
export const pageHeaders = (policy: Policy): Record<string, string> => ({
  'Content-Security-Policy': Object.entries(policy)
    .map(([name, value]) => `${name} ${value}`)
    .join('; '),
  'Permissions-Policy': PERMISSIONS.join(', '),
  // Not `no-referrer`, with which browsers send no origin either.
  'Referrer-Policy': 'same-origin',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'X-Content-Type-Options': 'nosniff',
  ...(isHttps && { 'Strict-Transport-Security': 'max-age=31536000' }),
});
