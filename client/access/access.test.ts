import { beforeEach, expect, test, vi } from 'vitest';

const ida = {
  user: { id: 'ida', name: 'Ida', role: 'EDITOR' as const },
  scopes: ['READ' as const, 'WRITE_JOBS' as const],
};
const on = { isOn: true, isSetUp: true };

let state: typeof import('./access.ts');
const replace = vi.fn();

// What is known of the person is of one page load, so each test gets a page of its own.
beforeEach(async () => {
  vi.resetModules();
  replace.mockClear();
  vi.stubGlobal('location', { replace });
  state = await import('./access.ts');
});

test('one may do what the scopes say, and nothing before they are known', () => {
  expect(state.can('READ')).toBe(false);
  state.takeAccess({ ...on, viewer: ida });
  expect(state.can('WRITE_JOBS')).toBe(true);
  expect(state.can('ADMIN')).toBe(false);
  state.takeAccess({ ...on, viewer: { ...ida, scopes: ['READ'] } });
  expect(state.can('WRITE_JOBS')).toBe(false);
});

test('a session that ends under an open page leaves the page as it is, until the same person is back', async () => {
  state.takeAccess({ ...on, viewer: ida });
  state.takeAccess({ ...on, viewer: null });
  expect(state.isOut()).toBe(true);
  expect(state.user()?.name).toBe('Ida');
  const back = state.untilIn();
  state.takeAccess({ ...on, viewer: ida });
  await back;
  expect(state.isOut()).toBe(false);
  expect(replace).not.toHaveBeenCalled();
});

test('for another person the page and all that it holds is thrown away', () => {
  state.takeAccess({ ...on, viewer: ida });
  state.loseAccess();
  state.takeAccess({ ...on, viewer: { user: { id: 'jo', name: 'Jo', role: 'OWNER' }, scopes: ['READ'] } });
  expect(replace).toHaveBeenCalledWith('/');
  expect(state.user()?.name).toBe('Ida');
});

test('with accounts switched off there is nobody, and nothing is forbidden', () => {
  state.takeAccess({ isOn: false, isSetUp: false, viewer: { user: null, scopes: ['READ', 'WRITE_JOBS'] } });
  expect(state.user()).toBeUndefined();
  expect(state.can('WRITE_JOBS')).toBe(true);
});
