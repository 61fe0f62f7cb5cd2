/** Waits that can be cut short: whoever rings while nobody waits cuts the next one short. */
export function alarmClock() {
  let bell = Promise.withResolvers<true>();
  return {
    ring: () => bell.resolve(true),
    /** Resolves to whether it rang. */
    async wait(milliseconds: number): Promise<boolean> {
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<false>((resolve) => {
        timer = setTimeout(resolve, milliseconds, false);
      });
      const rang = await Promise.race([bell.promise, late]);
      clearTimeout(timer);
      if (rang) bell = Promise.withResolvers();
      return rang;
    },
  };
}
