import { isTar } from './picture-kinds.ts';

/** How far programs look for the beginning of what they can open, or guess from: browsers, and readers of PDF. */
const HEAD = 1024;
/** A ZIP is read from its end, which may have a comment of 65,535 bytes behind it (APPNOTE 4.3.16). */
const ZIP_END = 22 + 65_535;

const HTML = /<(!doctype\s+html|html|head|body|script|iframe|\?php)[\s>]/i;

/**
 * What a picture can be opened as besides: pictures end where they say so, others begin where one looks for them, and both
 * fit into one file. Undefined when it is nothing else. What phones put behind a photo (a second JPEG, a film, notes of the
 * camera) is none of these.
 */
export function alsoIs(file: Buffer): string | undefined {
  const head = file.toString('latin1', 0, HEAD);
  if (head.includes('%PDF-')) return 'a PDF';
  if (HTML.test(head)) return 'HTML';
  if (isTar(head)) return 'a tar archive';
  if (isZip(file)) return 'a ZIP archive';
  if (has(file, 'Rar!\x1a\x07')) return 'a RAR archive';
  if (has(file, '7z\xbc\xaf\x27\x1c')) return 'a 7z archive';
  if (has(file, '__HALT_COMPILER();')) return 'a PHP archive';
}

const has = (file: Buffer, text: string) => file.includes(text, 0, 'latin1');

/** Both the directory of its entries and the record of the end, since four bytes alone are found in one photo of 65,000. */
function isZip(file: Buffer) {
  const end = file.lastIndexOf('PK\x05\x06', undefined, 'latin1');
  return end !== -1 && end >= file.length - ZIP_END && has(file.subarray(0, end), 'PK\x01\x02');
}
