import { isSecretName, isSecretValue } from './secret-names.ts';

export const REDACTED = '[redacted]';

/** How many characters of a text are kept. */
const MAX_TEXT = 10_000;
/** A secret is shorter, so one that is cut in two lies within so many characters of the cut. */
const LONGEST_SECRET = 4_000;

/** Secrets that say by their form what they are. Each begins with letters that no word has before such a rest. */
const FORMS = [
  // Ours: API keys, and a session's cookie.
  /isengard[_=][\w-]{43,}/,
  /hf_[A-Za-z0-9]{20,}|api_org_[A-Za-z0-9]{20,}/,
  /rpa_[A-Za-z0-9]{20,}/,
  /gh[opusr]_[A-Za-z0-9]{20,}|github_pat_\w{22,}|glpat-[\w-]{20,}|npm_[A-Za-z0-9]{30,}/,
  /(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Za-z0-9])|AIza[\w-]{35}/,
  /xox[a-z]-[\w.-]{10,}|xapp-[\w-]{10,}/,
  // OpenAI, Anthropic, Stripe. Words in a row, `sk-learn-and-much-more`, have no digit.
  /sk[-_](?=[A-Za-z_-]{0,200}\d)[\w-]{16,}/,
  // A JWT (three parts) or JWE (five).
  /(?<![\w-])eyJ[\w-]{5,}(?:\.[\w-]*){2,4}/,
];
const FORM = new RegExp(`(?<![A-Za-z0-9])(?:${FORMS.map(({ source }) => source).join('|')})`, 'g');

const PRIVATE_KEY = /-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----.*?(?:-----END [A-Z ]{0,30}-----|$)/gs;
const URL_PASSWORD = /(:\/\/[^\s/?#@:]{0,256}:)[^\s/?#"'<>]{1,1024}@/g;
const SLACK_HOOK = /(hooks\.slack\.com\/(?:services|workflows)\/)[\w/-]+/g;
/** Links that make one an owner or a member have their secret behind the hash. */
const FRAGMENT = /#[\w-]{43}(?![\w-])/g;
const SCHEME = /\b(bearer|basic)((?:\s|%20){1,10})([\w.~+/-]{4,}={0,2})/gi;
/** Whose machine it is, is nobody's business who is sent a log. */
const HOME =
  /(?<![\w.~-])\/(?:(?:home|Users)\/[^/\s"'`:;,)\]}\\]+|root(?![\w.-]))|\b[A-Za-z]:\\+Users\\+[^\\/\s"']+/g;

/** `name=value`, `"name": "value"`, `name: value`, and in JSON that stands in JSON `\"name\":\"value\"`. */
const FIELD = /(?<![\w-])([A-Za-z][\w.-]{0,80})(\\*["'])?(\s{0,4}[:=]\s{0,4})/g;
/** What all of these begin with. A look for it spares nearly all texts the others. */
const SUSPICIOUS = new RegExp(
  [
    /pass|pwd|secret|token|key|jwt|bearer|basic|authorization|cookie|credential/,
    /isengard[_=]|hf_|api_org_|rpa_|gh[opusr]_|github_pat_|glpat-|npm_|a[ks]ia|aiza|xox|xapp|sk[-_]|eyJ/,
    /:\/\/|#|slack|\/home\/|users[\\/]|\/root/,
  ]
    .map(({ source }) => source)
    .join('|'),
  'i',
);
const BARE_VALUE = /[^\s&,;"'\\<>)\]}]*/y;
const REST_OF_LINE = /[^\n]*/y;

/** A text without the secrets and home paths in it, and not without end. What is redacted already stays as it is. */
export function redactText(text: string): string {
  if (text.length <= MAX_TEXT) return withoutSecrets(text);
  const seen = withoutSecrets(text.slice(0, MAX_TEXT + LONGEST_SECRET));
  const doubtful = text.length > MAX_TEXT + LONGEST_SECRET ? LONGEST_SECRET : 0;
  const kept = Math.min(MAX_TEXT - 1, Math.max(0, seen.length - doubtful));
  return kept === seen.length ? seen : `${seen.slice(0, kept)}…`;
}

function withoutSecrets(text: string): string {
  if (!SUSPICIOUS.test(text)) return text;
  return withoutFields(text)
    .replace(FORM, REDACTED)
    .replace(PRIVATE_KEY, REDACTED)
    .replace(URL_PASSWORD, `$1${REDACTED}@`)
    .replace(SLACK_HOOK, `$1${REDACTED}`)
    .replace(FRAGMENT, `#${REDACTED}`)
    .replace(SCHEME, (all, scheme: string, space: string, value: string) =>
      isCredential(scheme, value) ? `${scheme}${space}${REDACTED}` : all,
    )
    .replace(HOME, '~');
}

/** `Basic functionality` and `a bearer token` are words. */
function isCredential(scheme: string, value: string): boolean {
  if (/^bearer$/i.test(scheme)) return !/^[A-Za-z]{0,19}[.-]?$/.test(value);
  return /^[^\p{Cc}:]*:\P{Cc}*$/u.test(Buffer.from(value, 'base64').toString());
}

function withoutFields(text: string): string {
  let result = '';
  let from = 0;
  FIELD.lastIndex = 0;
  for (let match = FIELD.exec(text); match !== null; match = FIELD.exec(text)) {
    const [, name = ''] = match;
    if (!isSecretName(name)) continue;
    const start = FIELD.lastIndex;
    const { open, value, end } = valueAt(text, start, name);
    FIELD.lastIndex = Math.max(end, start);
    if (value === '' || !isSecretValue(name, value)) continue;
    result += `${text.slice(from, start)}${open}${REDACTED}${open}`;
    from = end;
  }
  return result + text.slice(from);
}

/** The value that begins here, with its quotes, which may be escaped as often as the text is JSON in JSON. */
function valueAt(text: string, start: number, name: string) {
  const [open = ''] = matchAt(/\\*["']/y, text, start);
  if (open !== '') {
    const end = closingQuote(text, start + open.length, open);
    return { open, value: text.slice(start + open.length, end), end: end + open.length };
  }
  if ('[{'.includes(text[start] ?? ' ')) {
    const end = closingBracket(text, start);
    return { open, value: text.slice(start, end), end };
  }
  // The value of a header has spaces in it.
  const form = /^(proxy-)?authorization$|cookie$/i.test(name) ? REST_OF_LINE : BARE_VALUE;
  const [value = ''] = matchAt(form, text, start);
  return { open, value, end: start + value.length };
}

function matchAt(sticky: RegExp, text: string, at: number): RegExpExecArray | string[] {
  sticky.lastIndex = at;
  return sticky.exec(text) ?? [];
}

/** Where the quote is that nothing escapes: one with more backslashes than the first had belongs to the value. */
function closingQuote(text: string, from: number, open: string): number {
  const quote = open.slice(-1);
  for (let at = text.indexOf(quote, from); at !== -1; at = text.indexOf(quote, at + 1)) {
    let backslashes = 0;
    while (at - backslashes > from && text[at - backslashes - 1] === '\\') backslashes++;
    const isPlain = open.length === 1 ? backslashes % 2 === 0 : backslashes < open.length;
    if (isPlain) return at - (open.length - 1);
  }
  return text.length;
}

function closingBracket(text: string, from: number): number {
  let depth = 0;
  for (let at = from; at < text.length; at++) {
    if ('[{'.includes(text[at] ?? '')) depth++;
    else if (']}'.includes(text[at] ?? '') && --depth === 0) return at + 1;
  }
  return text.length;
}
