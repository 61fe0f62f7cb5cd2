/** `Mara Voß` → `mara_vo`: what a model has never read elsewhere makes the best trigger word; a start to change. */
export function suggestTriggerWord(name: string): string {
  return name
    .normalize('NFD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')
    .slice(0, 50);
}
