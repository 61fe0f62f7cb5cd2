import { expect, test, vi } from 'vitest';
import { workers } from '#schema/jobs.ts';
import { firstOwner, newPerson } from '#tests/people.ts';
import { startServer } from '#tests/server.ts';
import { db } from '../db.ts';

vi.hoisted(() => {
  process.env.ISENGARD_AUTH = 'on';
});

const { url } = await startServer();

const DOWNLOAD = `mutation { downloadModel(input: { modelId: "sdxl/checkpoint" }) {
  ... on DownloadModelSuccess { download { id } } ... on UserError { code message } } }`;
const CANCEL = 'mutation ($id: ID!) { cancelJob(input: { jobId: $id }) { __typename } }';
const CANCEL_ALL = `mutation { cancelAllJobs(input: {}) {
  ... on CancelAllJobsSuccess { jobs { cancelled stopping } } } }`;
const RETRY = `mutation ($id: ID!) { retryJob(input: { jobId: $id }) {
  ... on RetryJobSuccess { job { id state } } ... on UserError { code message } } }`;

test('who may not start a download may neither cancel one nor try it again', async () => {
  const owner = await firstOwner(url);
  const editor = await newPerson(url, 'editor', 'Edda');
  // Somebody serves the line, and takes nothing.
  await db.insert(workers).values({ host: 'gpu', pid: 1, version: '1', engines: ['download.huggingface'] });

  expect((await editor.ask(DOWNLOAD)).errors?.[0]?.extensions.code).toBe('FORBIDDEN');
  const { id } = (await owner.get(DOWNLOAD)).downloadModel.download;
  expect((await editor.ask(CANCEL, { id })).errors?.[0]?.extensions).toMatchObject({
    code: 'FORBIDDEN',
    missingScopes: ['admin'],
  });
  expect((await editor.get(CANCEL_ALL)).cancelAllJobs.jobs).toEqual({ cancelled: 0, stopping: 0 });
  expect((await owner.get(CANCEL, { id })).cancelJob).toEqual({ __typename: 'CancelJobSuccess' });
  expect((await editor.get(RETRY, { id })).retryJob).toEqual({
    code: 'CANNOT_DOWNLOAD',
    message: 'To download models needs the scope admin.',
  });
  expect((await owner.get(RETRY, { id })).retryJob.job).toMatchObject({ state: 'QUEUED' });
});
