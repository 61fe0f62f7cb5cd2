import { index, integer, pgEnum, pgTable, text, unique, uuid } from 'drizzle-orm/pg-core';
import { characters } from './characters.ts';
import { idColumn, timeColumn } from './columns.ts';

export const imageFormat = pgEnum('image_format', ['jpeg', 'png', 'webp', 'gif', 'avif', 'heic']);

/** What is known of any picture that we keep; `width` and `height` in pixels as it is seen, after its orientation. */
const picture = () => ({
  /** Hex SHA-256 of the original bytes: names the file, and is one photo's identity within its character. */
  sha256: text().notNull(),
  format: imageFormat().notNull(),
  width: integer().notNull(),
  height: integer().notNull(),
  bytes: integer().notNull(),
  /** Base64 of a ThumbHash, about 25 bytes: the placeholder until the picture is there. */
  thumbHash: text().notNull(),
  createdAt: timeColumn().notNull().defaultNow(),
});

/** A photo of a character. */
export const images = pgTable(
  'images',
  {
    id: idColumn(),
    characterId: uuid()
      .notNull()
      .references(() => characters.id, { onDelete: 'cascade' }),
    ...picture(),
    /** The name that it came with: a label, never a path. */
    fileName: text().notNull(),
    caption: text(),
  },
  (t) => [
    unique('images_character_id_sha256_key').on(t.characterId, t.sha256),
    index('images_character_id_id_index').on(t.characterId, t.id),
  ],
);

/** A picture that steers a generation (ControlNet, IP-Adapter) and belongs to no character. */
export const referenceImages = pgTable('reference_images', { id: idColumn(), ...picture() }, (t) => [
  unique('reference_images_sha256_key').on(t.sha256),
]);
