import { render } from '@solidjs/testing-library';
import { type Client, Provider } from '@urql/solid';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { StartTrainingInput } from '../gql/graphql.ts';
import { createPreflight } from './create-preflight.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const finding = { severity: 'ERROR', code: 'DISK_FULL', message: 'The disk is full.', advice: null };

test('what forbids a training is asked for again until it is gone, and when one comes back to the page', async () => {
  let findings = [finding];
  let asked = 0;
  const query = () => ({
    toPromise: async () => {
      asked++;
      return { data: { trainingPreflight: { findings } } };
    },
  });
  const Page = () => {
    const preflight = createPreflight(() => ({ characterId: 'mara' }) as StartTrainingInput);
    return (
      <p>
        {preflight()
          ?.findings.map(({ message }) => message)
          .join() || 'Nothing forbids it.'}
      </p>
    );
  };
  const { findByText, unmount } = render(() => (
    <Provider value={{ query } as unknown as Client}>
      <Page />
    </Provider>
  ));
  await vi.advanceTimersByTimeAsync(500);
  await findByText('The disk is full.');
  await vi.advanceTimersByTimeAsync(10_000);
  expect(asked).toBe(2);

  findings = [];
  await vi.advanceTimersByTimeAsync(10_000);
  await findByText('Nothing forbids it.');
  await vi.advanceTimersByTimeAsync(60_000);
  expect(asked).toBe(3);

  document.dispatchEvent(new Event('visibilitychange'));
  expect(asked).toBe(4);
  unmount();
  document.dispatchEvent(new Event('visibilitychange'));
  expect(asked).toBe(4);
});
