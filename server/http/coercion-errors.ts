/**
 * graphql-js repeats the value of a variable in what it says about it, and values are people's words. What it says besides is names of
 * the schema, in a few forms (graphql 16, `coerceInputValue` and the built-in scalars); any other reason is left out.
 */
const ABOUT_A_VARIABLE = /^Variable "(\$\w+)" got invalid value /;

const REASONS: [form: RegExp, told: (name: string, type: string) => string][] = [
  [
    /; Field "(\w+)" of required type "([\w![\]]+)" was not provided\.$/,
    (field, type) => `\`${field}\` (${type}) is missing.`,
  ],
  [
    /; Field "[^"]*" is not defined by type "(\w+)"\.(?: Did you mean .*)?$/s,
    (type) => `${type} has no such field.`,
  ],
  [
    /; Expected non-nullable type "([\w![\]]+)" not to be null\.$/,
    (type) => `It must be ${type} and not null.`,
  ],
  [
    /; Value .* does not exist in "(\w+)" enum\.(?: Did you mean .*)?$/s,
    (type) => `It must be a value of ${type}.`,
  ],
  [/; Enum "(\w+)" cannot represent /, (type) => `It must be a value of ${type}.`],
  [/; Expected type "(\w+)" to be an object\.$/, (type) => `It must be an object, ${type}.`],
  [
    /; (Int|Float|String|Boolean|ID|Seed|Bytes|DateTime|Upload) (?:cannot represent|must be|value invalid)/,
    (type) => `It must be ${type}.`,
  ],
  [
    /; Exactly one key must be specified for OneOf type "(\w+)"\.$/,
    (type) => `It must have exactly one field of ${type}.`,
  ],
  [/; Field "(\w+)" must be non-null\.$/, (field) => `\`${field}\` must not be null.`],
  [/; Expected type "(\w+)"\./, (type) => `It must be ${type}.`],
];

/** Where in the variable; a list of input fields and places in lists, which are the schema's names too. */
const PLACE = / at "([\w.[\]]{1,200})"; (?!.* at "[\w.[\]]{1,200}"; )/s;

/** The reason is at the end. Patterns that look for it must never see all of a value, which is as long as its sender likes. */
const END_CHARACTERS = 600;

/** The message without what was sent; as it is when it is about something else. */
export function withoutValues(said: string): string {
  const [, variable] = ABOUT_A_VARIABLE.exec(said) ?? [];
  if (variable === undefined) return said;
  const message = said.slice(-END_CHARACTERS);
  const place = PLACE.exec(message)?.[1] ?? variable.slice(1);
  for (const [form, told] of REASONS) {
    const [, name, type = ''] = form.exec(message) ?? [];
    if (name !== undefined)
      return `The variable ${variable} has a value that it cannot have, at \`${place}\`: ${told(name, type)}`;
  }
  return `The variable ${variable} has a value that it cannot have, at \`${place}\`.`;
}
