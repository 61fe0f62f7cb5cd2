/**
 * The content security policy hands every string that would become markup to the policy below. Solid writes the static half
 * of each component as markup, once; nobody else has anything to write. What runs, loads from elsewhere, or changes what addresses
 * mean is refused: a component that needs it makes the element instead.
 */
type Policy = { createHTML(markup: string): string | null };
type TrustedTypes = { createPolicy(name: string, policy: Policy): unknown };

const FORBIDDEN = new Set(
  'script style iframe frame object embed applet base link meta template use animate set foreignobject math'.split(
    ' ',
  ),
);
const ADDRESSES = new Set(['href', 'src', 'action', 'formaction', 'poster', 'data', 'ping']);
const OWN_PATH = /^\/(?!\/)[\w./-]*$/;

const OPENING = /^<([a-z][a-z0-9]*)(.*)>$/is;
const CLOSING = /^<(?:!|\/[a-z][a-z0-9]*)>$/i;
/** `name`, `name=value` or `name="value"`, and then a space, the end, or a quote that says that it has ended. */
const ATTRIBUTE = /\s*([a-z][a-z-]*)(?:=(?:"([^"]*)"|([^\s"'=`]+)))?(?=\s|$|(?<="))/iy;

function isHarmlessTag(tag: string): boolean {
  if (CLOSING.test(tag)) return true;
  const [, name = 'script', attributes = ''] = OPENING.exec(tag) ?? [];
  if (FORBIDDEN.has(name.toLowerCase())) return false;
  ATTRIBUTE.lastIndex = 0;
  while (ATTRIBUTE.lastIndex < attributes.trimEnd().length) {
    const [, attribute = 'on', quoted, bare] = ATTRIBUTE.exec(attributes) ?? [];
    if (/^(on|style$|src.)/i.test(attribute)) return false;
    if (ADDRESSES.has(attribute.toLowerCase()) && !OWN_PATH.test(quoted ?? bare ?? '')) return false;
  }
  return true;
}

/** Whether markup only stands there: elements, text, and attributes that neither run nor lead anywhere else. */
export function isHarmless(markup: string): boolean {
  let isSound = true;
  const text = markup.replace(/<[^<>]*>/g, (tag) => {
    isSound &&= isHarmlessTag(tag);
    return '';
  });
  return isSound && !/[<>]/.test(text);
}

const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypes };
/** Without an answer the browser throws where the markup was to go, and reports it. Strings never become scripts or their addresses. */
trustedTypes?.createPolicy('default', { createHTML: (markup) => (isHarmless(markup) ? markup : null) });
