/** Whether the text may become another one: `{a|b}`, `__name__` or `{trigger}` may be in it. */
export const hasSyntax = (text: string): boolean => /\{[^{}]*\||__[a-z0-9-]|\{trigger\}/i.test(text);
