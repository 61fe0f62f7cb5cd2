import { sql } from 'drizzle-orm';
import type { GraphQLSchema } from 'graphql';
import { auditLog } from '#schema/access.ts';
import type { Context } from '../builder.ts';
import { type ConnectionArgs, keysetConnection } from '../connection.ts';
import { db } from '../db.ts';
import { isId, UserError } from '../errors.ts';
import { log } from '../log.ts';
import { userOf } from './principal.ts';
import { TooManyAttempts } from './throttle.ts';

export type AuditEntry = typeof auditLog.$inferSelect;

const KEPT_DAYS = 365;
const MAX_TARGETS = 50;

/** Every mutation of the schema, also those of tomorrow, leaves a row that says who did it and what came of it. */
export function auditMutations(schema: GraphQLSchema): GraphQLSchema {
  for (const field of Object.values(schema.getMutationType()?.getFields() ?? {})) {
    const { name, resolve } = field;
    if (resolve === undefined) continue;
    Object.assign(field, {
      async resolve(...call: Parameters<typeof resolve>) {
        const [, args, context] = call;
        const before = (context as Context).principal;
        try {
          const result: unknown = await resolve(...call);
          await record({ name, args, result, context, before });
          return result;
        } catch (error) {
          await record({ name, args, result: error, context, before });
          throw error;
        }
      },
    });
  }
  return schema;
}

type Done = { name: string; args: unknown; result: unknown; context: Context; before: Context['principal'] };

type Entry = typeof auditLog.$inferInsert;

/** What was done stays done when it cannot be noted; then the log has it. */
async function record(done: Done) {
  let entry: Entry | undefined;
  try {
    entry = entryOf(done);
    // Whoever tries passwords without end must not fill the table: the attempts before the limit are in it.
    if (entry.outcome !== TooManyAttempts.name && !isOfNobody(done)) await db.insert(auditLog).values(entry);
  } catch (error) {
    // Names of people are for the audit log, and no business of another.
    const { userName: _, ...audit } = entry ?? { operation: done.name };
    log.error({ error, audit }, 'The audit log could not be written');
  }
}

/** What is refused to nobody known, and a sign-out without a session, anybody can ask for as often as the limits of requests let them. */
const isOfNobody = ({ name, before, context }: Done) =>
  name !== 'signIn' && before.kind === 'anonymous' && context.principal.kind === 'anonymous';

function entryOf({ name, args, result, context, before }: Done): Entry {
  const { principal, client, correlationId } = context;
  // Who signs in is known only after, and who signs out only before.
  const user = userOf(principal) ?? userOf(before);
  // Whose it is stands beside it.
  const targets = [...new Set([...idsIn(args), ...idsIn(result, 2)])].filter((id) => id !== user?.id);
  return {
    operation: name,
    outcome: outcomeOf(result),
    targets: targets.slice(0, MAX_TARGETS),
    userId: user?.id ?? null,
    userName: user?.name ?? null,
    apiKeyId: principal.kind === 'key' ? principal.keyId : null,
    address: client.address,
    correlationId,
  };
}

/** Pothos hands on an error in a proxy that is no instance of its class any more, but still tells its constructor. */
function userErrorIn(result: unknown) {
  // What graphql-js makes of an input has no prototype, and so no constructor.
  const made = result as { constructor?: { name: string; prototype?: unknown } } | null | undefined;
  const by = made?.constructor;
  return by?.prototype instanceof UserError ? by : undefined;
}

function outcomeOf(result: unknown) {
  return userErrorIn(result)?.name ?? (result instanceof Error ? 'Error' : 'Success');
}

/** Ids only, never words: what it was done to, and what was made. */
function idsIn(value: unknown, depth = 4, name = ''): string[] {
  // By its name too: a password or an idempotency key may look like an id.
  if (typeof value === 'string') return isId(value) && /(^id|Ids?|^ids)$/.test(name) ? [value] : [];
  if (typeof value !== 'object' || value === null || depth === 0) return [];
  if (userErrorIn(value) !== undefined || value instanceof Error || value instanceof Promise) return [];
  if (Array.isArray(value))
    return value.slice(0, MAX_TARGETS).flatMap((item) => idsIn(item, depth - 1, name));
  return Object.entries(value).flatMap(([key, item]) => idsIn(item, depth - 1, key));
}

export const listAudit = (args: ConnectionArgs) =>
  keysetConnection<AuditEntry>({
    args,
    order: [{ column: auditLog.id, type: 'uuid', direction: 'desc' }],
    keyOf: ({ id }) => [id],
    read: ({ where, orderBy, limit }) =>
      db
        .select()
        .from(auditLog)
        .where(where)
        .orderBy(...orderBy)
        .limit(limit),
  });

export async function forgetOldAudit(): Promise<number> {
  const isOld = sql`${auditLog.at} < now() - make_interval(days => ${KEPT_DAYS})`;
  return (await db.delete(auditLog).where(isOld)).count;
}
