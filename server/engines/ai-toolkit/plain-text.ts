/**
 * Text of people, free of what AI-Toolkit would take for an instruction, and still to be read as it was meant:
 * `${NAME}` becomes an environment variable or ends the run, `[name]` and `[trigger]` are replaced, and what stands behind
 * ` --` in a prompt are options, of which one reads files.
 */
export const plainText = (text: string): string =>
  text
    .replaceAll('${', '$ {')
    .replace(/\[(name|trigger)\]/gi, '($1)')
    .replace(/-{2,}/g, '–')
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim();
