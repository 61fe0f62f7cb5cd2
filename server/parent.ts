/** Set for the processes that `npm start` forks. */
export const PARENT_VARIABLE = 'ISENGARD_PARENT';

/**
 * For a process that `npm start` forked: when the parent is gone, even by kill -9, stop as on SIGTERM, and if that hangs, at once.
 * Does nothing in a process that was started by hand, which has no parent to lose.
 */
export function exitWithParent(onOrphaned: () => void) {
  if (process.env[PARENT_VARIABLE] === undefined) return;
  const leave = () => {
    setTimeout(() => process.exit(1), 3000).unref();
    onOrphaned();
  };
  // The parent may have died while we were being loaded.
  if (!process.connected) return leave();
  process.once('disconnect', leave);
  // Listening must not keep a process alive that has nothing else to do.
  process.channel?.unref();
}
