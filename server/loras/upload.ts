import { and, eq, isNull } from 'drizzle-orm';
import type { FileUpload } from 'graphql-upload-minimal';
import { z } from 'zod';
import { loras } from '#schema/loras.ts';
import { generationCapabilities } from '../capabilities.ts';
import { getCharacter, lockCharacters } from '../characters/characters.ts';
import type { Tx } from '../db.ts';
import { DiskFull } from '../disk-full.ts';
import type { BaseModel } from '../engines/engine.ts';
import { env } from '../env.ts';
import { NotFound, parseInput } from '../errors.ts';
import { failpoint } from '../failpoint.ts';
import { type Asked, createOnce, findKept } from '../idempotency.ts';
import { labelOf } from '../plain-text.ts';
import { checkUploadRoom, checkUploads } from '../quotas.ts';
import { isDiskFull } from '../storage/disk-full.ts';
import { lockFile } from '../storage/file-lock.ts';
import { loraCardKey, loraKey } from '../storage/keys.ts';
import type { LoraKind } from '../storage/lora-kind.ts';
import type { Received, Staged } from '../storage/storage.ts';
import { storage } from '../storage/volume.ts';
import { type UploadBudget, UploadTooLarge } from '../upload-budget.ts';
import { baseModelFor, changesBaseModel } from './base-model.ts';
import { LoraName, LoraTriggerWord } from './edit-lora.ts';
import { addLora, getLora, type Lora, takeVersion } from './loras.ts';
import { MAX_LORA_BYTES, receiveLora } from './receive-lora.ts';
import { LoraUnreadable } from './upload-errors.ts';

const UploadLora = z.object({
  characterId: z.string().nullable(),
  name: LoraName.nullable(),
  baseModel: z.string().nullable(),
  triggerWord: LoraTriggerWord.nullable(),
});
type Input = z.output<typeof UploadLora>;

/** Of the request that brings it: LoRAs may be larger than photos. */
type Budget = UploadBudget & { readonly fileCount: number; expectBytes(bytes: number): void };

type Request = { file: Promise<FileUpload>; budget: Budget | undefined; asked: Asked } & {
  [Name in keyof Input]?: string | null | undefined;
};

/**
 * Keeps a LoRA that somebody brought, once for the same bytes and character. It is judged by its header before the rest of it is
 * read. Nothing of what the file says is trusted beyond what its tensors show.
 */
export async function uploadLora({ file, budget, asked, ...given }: Request): Promise<Lora> {
  budget?.expectBytes(MAX_LORA_BYTES);
  if (budget?.isTooLarge) throw new UploadTooLarge(budget);
  const { characterId = null, name = null, baseModel = null, triggerWord = null } = given;
  const input = parseInput(UploadLora, { characterId, name, baseModel, triggerWord });
  // A file that is refused is not read on, so another one behind it would never come.
  if (budget !== undefined && budget.fileCount !== 1)
    throw new LoraUnreadable('NOT_ALONE', 'A LoRA needs a request of its own, without other files.');

  const { baseModels } = await generationCapabilities();
  const judge = (kind: LoraKind) => ({ kind, model: baseModelFor(kind, input.baseModel, baseModels) });
  // A repeat is answered as the first time, whether or not it would be accepted now.
  const isRepeat = (await findKept(asked)) !== undefined;
  if (!isRepeat) await checkRights(input);
  const freeBytes = await storage.freeBytes();
  checkSpace(budget?.declaredBytes ?? 0, freeBytes);
  try {
    const arrived = await file.catch(() => undefined);
    await using received = await receiveLora(arrived, ({ kind, bytes }) => {
      // Of a request that comes in chunks, only the file itself says how large it is.
      checkSpace(bytes, freeBytes);
      if (!isRepeat) judge(kind);
    });
    failpoint('upload.received');
    await using staged = await storage.stage(received.path);
    const wished = { ...asked, input: { ...input, file: received.sha256 } };
    const id = await createOnce(wished, async () => {
      const judged = judge(received.kind);
      return (tx) => keep(tx, { ...judged, input, received, staged, fileName: arrived?.filename ?? '' });
    });
    return await getLora(id);
  } catch (error) {
    if (budget?.isTooLarge) throw new UploadTooLarge(budget);
    if (isDiskFull(error)) throw new DiskFull(await storage.freeBytes());
    throw error;
  }
}

/** What would be read in vain is not read. */
async function checkRights({ characterId }: Input) {
  if (characterId !== null) await getCharacter(characterId);
  await checkUploadRoom();
}

function checkSpace(bytes: number, freeBytes: number) {
  if (bytes + env.MIN_FREE_MB * 2 ** 20 > freeBytes) throw new DiskFull(freeBytes);
}

type ToKeep = {
  input: Input;
  kind: LoraKind;
  model: BaseModel;
  received: Received;
  staged: Staged;
  fileName: string;
};

/** The row, its file, and a card beside it that tells where it came from. Moving files is the one thing here that is not SQL. */
async function keep(tx: Tx, { input, kind, model, received, staged, fileName }: ToKeep): Promise<string> {
  const { characterId, triggerWord } = input;
  const { sha256, bytes } = received;
  await lockOwner(tx, characterId, sha256);
  const isTwin = and(
    eq(loras.sha256, sha256),
    characterId === null ? isNull(loras.characterId) : eq(loras.characterId, characterId),
  );
  // One that is just being deleted is waited for, and is gone then.
  const [twin] = await tx.select().from(loras).where(isTwin).limit(1).for('key share');
  if (twin !== undefined) {
    if (changesBaseModel(twin, kind, input.baseModel)) {
      const change = { baseModel: model.id, family: model.family };
      await tx.update(loras).set(change).where(eq(loras.id, twin.id));
      await writeCard({ ...twin, ...change }, kind, fileName);
    }
    return twin.id;
  }

  await checkUploads(tx, bytes);
  const lora = await addLora(tx, {
    origin: 'uploaded',
    characterId,
    version: characterId === null ? null : await takeVersion(tx, characterId),
    name: input.name ?? nameOf(kind, fileName),
    baseModel: model.id,
    family: model.family,
    rank: kind.rank,
    triggerWord,
    suggestedTriggerWords: kind.triggerWords,
    bytes,
    sha256,
  });
  const key = loraKey(lora);
  // As with photos: whoever sweeps waits for the row.
  if (characterId === null) await lockFile(tx, key);
  await staged.place(key);
  failpoint('upload.kept');
  await writeCard(lora, kind, fileName);
  return lora.id;
}

async function writeCard(lora: Lora, kind: LoraKind, fileName: string) {
  const card = { ...lora, file: { name: labelOf(fileName, 255), ...kind } };
  await storage.write(loraCardKey(lora), `${JSON.stringify(card, null, 2)}\n`);
}

/** Two that bring the same at the same time come one after the other, and the second finds what the first brought. */
async function lockOwner(tx: Tx, characterId: string | null, sha256: string) {
  if (characterId === null) return void (await lockFile(tx, `loras/uploaded/${sha256}`));
  const [character] = await lockCharacters(tx, [characterId], 'no key update');
  if (character === undefined) throw new NotFound('character', characterId);
}

function nameOf({ title }: LoraKind, fileName: string): string {
  const stem = fileName
    .replace(/^.*[\\/]/s, '')
    .replaceAll('%22', '"')
    .replace(/\.safetensors$/i, '');
  return title ?? (labelOf(stem, 100) || 'LoRA');
}
