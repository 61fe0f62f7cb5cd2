import { expect, test } from 'vitest';
import { quotaWords } from './storage-words.ts';

test('says how much is used, of how much, and by which setting', () => {
  expect(quotaWords({ quota: 'OPEN_JOBS', used: 1200, limit: 20_000 }).used).toBe('1,200 of 20,000');
  const uploads = quotaWords({ quota: 'UPLOADED_GB', used: 0.1234, limit: null });
  expect(uploads.used).toBe('0.12 GB');
  expect(uploads.help).toContain('No limit but the disk');
  expect(quotaWords({ quota: 'UPLOADED_GB', used: 12.3, limit: 500 }).used).toBe('12 GB of 500 GB');
});
