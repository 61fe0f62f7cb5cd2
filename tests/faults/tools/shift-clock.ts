/**
 * Loaded with `--import` before anything else of a process: its clock, as Node tells it, is CLOCK_SHIFT_MS ahead of the
 * machine's (behind, when negative). The times of files and of the database stay those of the machine.
 */
const shift = Number(process.env.CLOCK_SHIFT_MS ?? 0);
const machine = Date;
const now = () => machine.now() + shift;

globalThis.Date = new Proxy(machine, {
  construct: (target, given, newTarget) =>
    Reflect.construct(target, given.length === 0 ? [now()] : given, newTarget),
  apply: () => new machine(now()).toString(),
  get: (target, name, receiver) => (name === 'now' ? now : Reflect.get(target, name, receiver)),
});
