export type Kind = 'characters' | 'images' | 'jobs';

/** What a client was told that exists, and how often it was told nothing. */
export type Ledger = ReturnType<typeof newLedger>;

export function newLedger() {
  const acknowledged: Record<Kind, Set<string>> = {
    characters: new Set(),
    images: new Set(),
    jobs: new Set(),
  };
  const unanswered: Record<Kind, number> = { characters: 0, images: 0, jobs: 0 };
  return {
    acknowledged,
    unanswered,
    /** Notes what becomes of a create: the id that it answers, or that there was no answer. */
    async keep<Made extends { id: string }>(kind: Kind, create: Promise<Made>): Promise<Made> {
      try {
        const made = await create;
        acknowledged[kind].add(made.id);
        return made;
      } catch (error) {
        unanswered[kind]++;
        throw error;
      }
    },
    /** The same was asked for again and answered: there is no doubt about it any more. */
    settle(kind: Kind, id: string) {
      acknowledged[kind].add(id);
      unanswered[kind]--;
    },
  };
}
