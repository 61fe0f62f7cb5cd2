import { expect, test } from 'vitest';
import { type Ask, createWindow } from './window.ts';

type Item = { id: string; width: number; height: number; isFavourite: boolean };

/** A list as the server has it, the newest first; ids grow with time, and are cursors too. */
function listOf(count: number) {
  const idOf = (number: number) => String(number).padStart(6, '0');
  const ids = Array.from({ length: count }, (_, i) => idOf(count - i));
  const asked: Ask[] = [];
  const load = async (ask: Ask) => {
    asked.push(ask);
    const from =
      'first' in ask
        ? ids.filter((id) => id < (ask.after ?? 'x'))
        : ids.filter((id) => id > (ask.before ?? ''));
    const found = 'first' in ask ? from.slice(0, ask.first) : from.slice(-ask.last);
    const items = found.map((id) => ({ id, width: 2, height: 1, isFavourite: false }) satisfies Item);
    const isRest = found.length < from.length;
    const ends = { start: found[0] ?? null, end: found.at(-1) ?? null };
    return {
      items,
      ...ends,
      hasNewer: 'last' in ask ? isRest : ask.after !== null,
      hasOlder: 'first' in ask ? isRest : true,
    };
  };
  return { ids, asked, load, add: () => ids.unshift(idOf(ids.length + 1)) };
}
const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

test('it grows as one looks, and forgets what is far but for its place', async () => {
  const list = listOf(3000);
  const window = createWindow<Item>({ load: list.load, after: null });
  window.loadOlder();
  await settled();
  while (window.ids().length < 3000) {
    window.see(window.ids().length - 20, window.ids().length);
    await settled();
  }
  expect(window.ids()).toEqual(list.ids);
  expect(window.item(list.ids[5] ?? '')).toBeUndefined();
  expect(window.item(list.ids[2900] ?? '')).toBeDefined();
  window.see(0, 20);
  await settled();
  expect(window.item(list.ids[5] ?? '')).toBeDefined();
  expect(window.ids()).toEqual(list.ids);
});

test('it begins anywhere, and grows upwards without moving what is there', async () => {
  const list = listOf(500);
  const window = createWindow<Item>({ load: list.load, after: list.ids[199] ?? null });
  window.loadOlder();
  await settled();
  expect(window.ids()[0]).toBe(list.ids[200]);
  for (let times = 0; times < 5; times++) {
    window.see(0, 20);
    await settled();
  }
  expect(window.ids().slice(0, 300)).toEqual(list.ids.slice(0, 300));
  expect(window.ids()[window.anchor()]).toBe(list.ids[200]);
});

test('new images wait until they are shown', async () => {
  const list = listOf(10);
  const window = createWindow<Item>({ load: list.load, after: null });
  window.loadOlder();
  await settled();
  await window.checkNewer();
  expect(window.newer()).toBeNull();
  list.add();
  await window.checkNewer();
  expect([window.newer()?.items.length, window.ids().length]).toEqual([1, 10]);
  window.showNewer();
  expect([window.ids(), window.newer(), window.anchor()]).toEqual([list.ids, null, 0]);
});

test('what is removed comes back to its place, and a mark shows at once', async () => {
  const list = listOf(250);
  const window = createWindow<Item>({ load: list.load, after: null });
  window.loadOlder();
  await settled();
  window.see(90, 100);
  await settled();
  const all = window.ids();
  const gone = [0, 99, 100, 199].map((place) => all[place] ?? '');
  window.remove(gone);
  expect(window.ids()).toEqual(all.filter((id) => !gone.includes(id)));
  window.putBack(gone);
  expect(window.ids()).toEqual(all);
  window.patch([all[3] ?? ''], { isFavourite: true });
  expect(window.item(all[3] ?? '')?.isFavourite).toBe(true);
});
