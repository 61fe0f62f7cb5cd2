/** Fields are known for secret by the words of their name, in any spelling: `apiKey`, `API_KEY`, `x-api-key`, `apikey`. */
const WORDS = new Set([
  ...['password', 'passwd', 'passphrase', 'passcode', 'pwd', 'secret', 'token', 'jwt', 'bearer'],
  ...['authorization', 'cookie', 'credential'],
]);
const COMPOUNDS =
  /(?:password|passwd|passphrase|secret|token|cookie|credential|(?:api|access|private|secret|signing|encryption|master|license|ssh)key)s?$/;

/** What kind of key it is when it opens nothing: the address of a file, a place in an order, a name for a request. */
const HARMLESS_KEYS = new Set(
  'idempotency storage file object image thumbnail picture preview primary foreign unique cache sort public error trigger config'.split(
    ' ',
  ),
);

/** Tokens that texts are made of, as engines speak of them. */
const HARMLESS_TOKENS = new Set(
  'pad bos eos unk cls sep mask special trigger class instance placeholder prompt caption'.split(' '),
);

/** A last word that says that it is about the secret, and is not it: `apiKeyId`, `tokenCount`, `passwordChangedAt`. */
const ABOUT = new Set(
  'id ids at count limit length size type kind name prefix scopes expires expiry ttl index required valid hint field'.split(
    ' ',
  ),
);

/** `triggerWord`, `API_KEY`, `x-api-key`, `userID` as their words. */
const wordsOf = (name: string) =>
  (name.match(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+/g) ?? []).map((word) => word.toLowerCase());

const known = new Map<string, boolean>();
/** Names come from programs and are few; what comes from elsewhere is not remembered without end. */
const MAX_KNOWN = 2_000;

/** Whether a field of this name holds what must not be told; of one called just `key`, the value decides. */
export function isSecretName(name: string): boolean {
  const found = known.get(name);
  if (found !== undefined) return found;
  const isSecret = decide(wordsOf(name));
  if (known.size < MAX_KNOWN) known.set(name, isSecret);
  return isSecret;
}

function decide(words: string[]): boolean {
  const last = words.at(-1) ?? '';
  if (ABOUT.has(last)) return false;
  if (last === 'key' || last === 'keys') return !HARMLESS_KEYS.has(words.at(-2) ?? '');
  if (/^tokens?$/.test(last) && HARMLESS_TOKENS.has(words.at(-2) ?? '')) return false;
  return words.some((word) => WORDS.has(word) || COMPOUNDS.test(word));
}

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

/**
 * Whether the value of a field with a secret's name is one. Our own `key` is where a file is on the volume, and has slashes;
 * `tokens` may be counted.
 */
export function isSecretValue(name: string, value: unknown): boolean {
  const isKey = /^keys?$/i.test(name);
  if (typeof value === 'number') return !isKey && !/tokens/i.test(name);
  if (typeof value !== 'string') return !isKey && typeof value === 'object' && value !== null;
  if (value === '' || /^(null|undefined|true|false)$/.test(value)) return false;
  if (isKey) return /^(?=.*\d)[\w+=-]{16,}$/.test(value) && !UUID.test(value);
  return !(/tokens/i.test(name) && /^\d+(\.\d+)?$/.test(value));
}
