import type { Locator } from 'playwright-core';

/** Drags the files over it and drops them there, as from the desktop. */
export async function dropFiles(target: Locator, files: { name: string; type: string; bytes: Buffer }[]) {
  const dataTransfer = await target.evaluateHandle(
    (_, given) => {
      const transfer = new DataTransfer();
      for (const { name, type, base64 } of given) {
        const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
        transfer.items.add(new File([bytes], name, { type }));
      }
      return transfer;
    },
    files.map(({ name, type, bytes }) => ({ name, type, base64: bytes.toString('base64') })),
  );
  await target.dispatchEvent('dragover', { dataTransfer });
  await target.dispatchEvent('drop', { dataTransfer });
}
