/** Waits for a condition, looking often; fails with what was waited for. */
export async function until<Value>(
  condition: () => Value | Promise<Value>,
  what: string,
  { seconds = 20 }: { seconds?: number } = {},
): Promise<NonNullable<Value>> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const value = await condition();
    if (value) return value as NonNullable<Value>;
    if (Date.now() > end) throw new Error(`Waited ${seconds} s in vain until ${what}.`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
