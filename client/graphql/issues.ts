/** What is wrong with each field, by the last part of its name: `input.name` is the field `name` of the form. */
export function errorsOf(issues: readonly { field: string; message: string }[]): Record<string, string> {
  return Object.fromEntries(issues.map(({ field, message }) => [field.split('.').at(-1) ?? field, message]));
}
