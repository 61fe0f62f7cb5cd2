import { cleanup, render } from '@solidjs/testing-library';
import { afterEach, expect, test, vi } from 'vitest';
import { createShortcuts, groups, listenToShortcuts, type Shortcut, setSingleKeys } from './shortcuts.ts';

function Shell(props: { shortcuts: Shortcut[] }) {
  listenToShortcuts();
  createShortcuts('Everywhere', props.shortcuts);
  return <input aria-label="Name" />;
}

const press = (key: string, more: KeyboardEventInit & { on?: Element } = {}) =>
  (more.on ?? document.body).dispatchEvent(
    new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...more }),
  );

afterEach(() => {
  cleanup();
  setSingleKeys('on');
});

test('one key, two keys and a modifier do what they stand for, and nothing else does', () => {
  const [ask, go, find] = [vi.fn(), vi.fn(), vi.fn()];
  render(() => (
    <Shell
      shortcuts={[
        { keys: '?', label: 'Show the shortcuts', run: ask },
        { keys: 'g c', label: 'Go to the characters', run: go },
        { keys: 'mod+k', label: 'Search', run: find },
      ]}
    />
  ));
  press('?');
  expect(ask).toHaveBeenCalledOnce();
  press('c');
  press('g');
  press('x');
  press('c');
  expect(go).not.toHaveBeenCalled();
  press('g');
  press('c');
  expect(go).toHaveBeenCalledOnce();
  press('k');
  press('k', { ctrlKey: true, altKey: true });
  expect(find).not.toHaveBeenCalled();
  press('k', { metaKey: true });
  expect(find).toHaveBeenCalledOnce();
});

test('whoever types means letters, and whoever switched them off too; with a modifier they stay', () => {
  const [help, find] = [vi.fn(), vi.fn()];
  const { getByLabelText } = render(() => (
    <Shell
      shortcuts={[
        { keys: 'n', label: 'New', run: help },
        { keys: 'mod+k', label: 'Search', run: find },
      ]}
    />
  ));
  press('n', { on: getByLabelText('Name') });
  setSingleKeys('off');
  press('n');
  expect(help).not.toHaveBeenCalled();
  press('k', { ctrlKey: true, on: getByLabelText('Name') });
  expect(find).toHaveBeenCalledOnce();
});

test('a page’s own shortcut comes first, and goes with the page', () => {
  const [everywhere, here] = [vi.fn(), vi.fn()];
  render(() => <Shell shortcuts={[{ keys: 'n', label: 'New', run: everywhere }]} />);
  const page = render(() => {
    createShortcuts('Here', [{ keys: 'n', label: 'New here', run: here }]);
    return null;
  });
  press('n');
  expect(groups().map(({ name }) => name)).toEqual(['Everywhere', 'Here']);
  page.unmount();
  press('n');
  expect([here.mock.calls.length, everywhere.mock.calls.length]).toEqual([1, 1]);
});

test('what is on top of the page has the keys for itself', () => {
  const run = vi.fn();
  render(() => <Shell shortcuts={[{ keys: 'n', label: 'New', run }]} />);
  const dialog = render(() => <div role="dialog">Sure?</div>);
  press('n');
  expect(run).not.toHaveBeenCalled();
  dialog.unmount();
  press('n');
  expect(run).toHaveBeenCalledOnce();
});
