import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { identityOf } from './processes.ts';
import { lockVolume } from './volume-lock.ts';

let volume: string;
const lockOf = (holder: object) => writeFileSync(join(volume, 'isengard.lock'), JSON.stringify(holder));

beforeEach(() => {
  volume = mkdtempSync(join(tmpdir(), 'isengard-lock-test-'));
});
afterEach(() => rmSync(volume, { recursive: true }));

test('a volume is locked once, says where it is in use, and leaves nothing behind', () => {
  const lock = lockVolume(volume);
  expect(() => lockVolume(volume)).toThrow(`already runs on the volume ${volume}, as process ${process.pid}`);
  lock.announce('http://localhost:3000');
  expect(() => lockVolume(volume)).toThrow('at http://localhost:3000');
  lock.release();
  expect(readdirSync(volume)).toEqual([]);
  lockVolume(volume).release();
});

test('the lock of a process that is gone is taken over', async () => {
  const other = spawn('sleep', ['60']);
  const pid = other.pid ?? 0;
  lockOf({ pid, identity: identityOf(pid), host: hostname() });
  expect(() => lockVolume(volume)).toThrow('already runs');
  other.kill();
  await once(other, 'exit');
  lockVolume(volume).release();
});

test('a pid that was given to another process does not count', () => {
  lockOf({ pid: process.pid, identity: 'another time', host: hostname() });
  lockVolume(volume).release();
});

test('a lock that a crash left empty is taken over', () => {
  writeFileSync(join(volume, 'isengard.lock'), '');
  lockVolume(volume).release();
});

test('another machine holds the volume while it touches its lock', () => {
  lockOf({ pid: 1, identity: '1', host: 'another-machine' });
  expect(() => lockVolume(volume)).toThrow('on another-machine');
  const longAgo = new Date(Date.now() - 60_000);
  utimesSync(join(volume, 'isengard.lock'), longAgo, longAgo);
  lockVolume(volume).release();
});
