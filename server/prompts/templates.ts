import { and, eq, getTableColumns, inArray, sql } from 'drizzle-orm';
import { z } from 'zod';
import { promptTemplates } from '#schema/prompts.ts';
import { type ConnectionArgs, keysetConnection, matchesSearch } from '../connection.ts';
import { db, one, type Tx } from '../db.ts';
import { violates } from '../db-errors.ts';
import { isId, NotFound, parseInput } from '../errors.ts';
import { type Asked, createOnce } from '../idempotency.ts';
import { NEGATIVE_LIMIT, PROMPT_LIMIT } from './prompts.ts';
import { NameInUse, oneLine, text } from './text-rules.ts';

export type PromptTemplate = typeof promptTemplates.$inferSelect;

// ── Rules ───────────────────────────────────────────────────────────────────────────────────────────────────────────

const NewTemplate = z.object({
  name: oneLine(1, 100),
  prompt: text(1, PROMPT_LIMIT),
  negativePrompt: text(0, NEGATIVE_LIMIT),
});
const TemplateChange = NewTemplate.partial();

async function typed<Result>(name: string | undefined, write: Promise<Result>): Promise<Result> {
  try {
    return await write;
  } catch (error) {
    throw violates(error, 'prompt_templates_name_key') ? new NameInUse(name ?? '') : error;
  }
}

// ── Reading ─────────────────────────────────────────────────────────────────────────────────────────────────────────

export const templatesByIds = (ids: readonly string[]) =>
  db
    .select()
    .from(promptTemplates)
    .where(inArray(promptTemplates.id, [...ids]));

export async function findTemplate(id: string): Promise<PromptTemplate | null> {
  const [template] = isId(id) ? await templatesByIds([id]) : [];
  return template ?? null;
}

async function getTemplate(id: string): Promise<PromptTemplate> {
  const template = await findTemplate(id);
  if (template === null) throw new NotFound('prompt template', id);
  return template;
}

// Lower case as Postgres sees it, in the order and in the cursor alike.
const lowerName = sql<string>`lower(${promptTemplates.name})`;

export const listTemplates = ({ search, ...args }: ConnectionArgs & { search?: string | null }) =>
  keysetConnection<PromptTemplate & { lowerName: string }>({
    args,
    order: [{ column: lowerName, type: 'text', direction: 'asc' }],
    keyOf: (row) => [row.lowerName],
    read: ({ where, orderBy, limit }) =>
      db
        .select({ ...getTableColumns(promptTemplates), lowerName })
        .from(promptTemplates)
        .where(and(where, matchesSearch([promptTemplates.name, promptTemplates.prompt], search)))
        .orderBy(...orderBy)
        .limit(limit),
  });

// ── Intents ─────────────────────────────────────────────────────────────────────────────────────────────────────────

type CreateTemplateInput = { name: string; prompt: string; negativePrompt?: string | null };

export async function createTemplate(input: CreateTemplateInput, asked: Asked): Promise<PromptTemplate> {
  const values = parseInput(NewTemplate, { ...input, negativePrompt: input.negativePrompt ?? '' });
  const insert = async (tx: Tx) =>
    one(await tx.insert(promptTemplates).values(values).returning({ id: promptTemplates.id })).id;
  const id = await typed(
    values.name,
    createOnce(asked, async () => insert),
  );
  return getTemplate(id);
}

/** A field that is left out stays as it is. */
export async function updateTemplate(input: {
  id: string;
  name?: string | null;
  prompt?: string | null;
  negativePrompt?: string | null;
}): Promise<PromptTemplate> {
  const { id, ...given } = input;
  await getTemplate(id);
  const change = parseInput(TemplateChange, given);
  const update = db
    .update(promptTemplates)
    .set({ ...change, updatedAt: new Date() })
    .where(eq(promptTemplates.id, id))
    .returning()
    .execute();
  const [template] = await typed(change.name, update);
  if (template === undefined) throw new NotFound('prompt template', id);
  return template;
}

export async function deleteTemplate(id: string): Promise<string> {
  const [gone] = isId(id)
    ? await db.delete(promptTemplates).where(eq(promptTemplates.id, id)).returning()
    : [];
  if (gone === undefined) throw new NotFound('prompt template', id);
  return id;
}
