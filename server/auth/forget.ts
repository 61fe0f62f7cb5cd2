import { lt, sql } from 'drizzle-orm';
import { attempts } from '#schema/access.ts';
import { db } from '../db.ts';
import { forgetExpiredApiKeys } from './api-keys.ts';
import { forgetOldAudit } from './audit.ts';
import { forgetOldInvitations } from './invitations.ts';
import { forgetOldSessions } from './sessions.ts';

/** What is over, and nobody needs to know of any more. */
export async function forgetOldAccess() {
  await forgetOldSessions();
  await forgetOldInvitations();
  await forgetExpiredApiKeys();
  await forgetOldAudit();
  await db.delete(attempts).where(lt(attempts.expire, sql`now()`));
}
