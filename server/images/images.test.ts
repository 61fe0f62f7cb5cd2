import { createHash } from 'node:crypto';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { drawPhoto, realPhotos } from '#tests/pictures.ts';
import { startServer } from '#tests/server.ts';
import { until } from '#tests/until.ts';
import { filesBelow, newCharacter, uploadPhotos } from '#tests/uploads.ts';
import { env } from '../env.ts';

const api = await startServer({ worker: true });

const NOBODY = '01900000-0000-7000-8000-000000000000';
const volume = (folder: string) => join(env.VOLUME_ROOT, folder);
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const kinds = (results: { __typename: string }[]) => results.map(({ __typename }) => __typename);
const download = async (path: string) => Buffer.from(await (await fetch(api.url + path)).arrayBuffer());

const draw = (seed: number, width = 320, height = 240) => drawPhoto({ seed, width, height });
const photo = async (seed: number, name = `${seed}.jpg`) => ({ name, bytes: await draw(seed) });
const noise = (width: number, height: number) =>
  sharp({
    create: {
      width,
      height,
      channels: 3,
      background: 'grey',
      noise: { type: 'gaussian', mean: 128, sigma: 30 },
    },
  });

const nothingTemporary = () =>
  until(async () => (await filesBelow(volume('cache/tmp'))).length === 0, 'no temporary file is left');

const read = async (id: string, fields: string) =>
  (await api.graphql(`query ($id: ID!) { character(id: $id) { ${fields} } }`, { id })).character;

describe('uploadImages', () => {
  test('accepts all real photos in one request, and knows them again', async () => {
    const photos = await realPhotos();
    const id = await newCharacter(api, 'real photos');
    const before = (await read(id, 'updatedAt')).updatedAt;

    const first = await uploadPhotos(api, id, photos);
    expect(kinds(first.results)).toEqual(photos.map(() => 'ImageAccepted'));
    expect(first.character).toMatchObject({ id, imageCount: photos.length });
    expect(Date.parse(first.character.updatedAt)).toBeGreaterThan(Date.parse(before));
    for (const [i, { fileName, image }] of first.results.entries()) {
      const { name = '', bytes = new Uint8Array() } = photos[i] ?? {};
      const { width, height } = (await sharp(bytes).metadata()).autoOrient;
      expect([fileName, image]).toEqual([
        name,
        {
          id: expect.any(String),
          fileName: name,
          format: 'jpeg',
          width,
          height,
          bytes: bytes.length,
          sha256: sha256(bytes),
          thumbHash: expect.stringMatching(/^[A-Za-z0-9+/]{20,40}=*$/),
          caption: null,
          createdAt: expect.stringMatching(/Z$/),
          url: `/files/images/${image.id}`,
          small: `/files/images/${image.id}/256`,
          large: `/files/images/${image.id}/1024`,
          character: { id },
        },
      ]);
    }

    const again = await uploadPhotos(api, id, photos.toReversed());
    expect(kinds(again.results)).toEqual(photos.map(() => 'ImageDuplicate'));
    const ids = (results: { image: { id: string } }[]) => results.map(({ image }) => image.id);
    expect(ids(again.results)).toEqual(ids(first.results).reverse());
    expect(again.character.imageCount).toBe(photos.length);
    await nothingTemporary();
  });

  test('keeps the original byte for byte; what is derived stands upright and says nothing of its place', async () => {
    const bytes = await draw(1, 300, 900);
    expect((await sharp(bytes).metadata()).orientation).toBe(6);
    expect(bytes.includes('Isengard')).toBe(true);
    const id = await newCharacter(api, 'upright');
    const [{ image }] = (await uploadPhotos(api, id, [{ name: 'a.jpg', bytes }])).results;

    expect(image).toMatchObject({ width: 300, height: 900 });
    expect(sha256(await download(image.url))).toBe(sha256(bytes));
    for (const [url, width, height] of [
      [image.small, 85, 256],
      [image.large, 300, 900],
    ]) {
      const made = await download(url);
      const metadata = await sharp(made).metadata();
      expect(metadata).toMatchObject({ format: 'webp', width, height });
      expect([metadata.orientation, metadata.exif, metadata.xmp, metadata.icc]).toEqual(
        Array(4).fill(undefined),
      );
      expect(made.includes('Exif') || made.includes('EXIF') || made.includes('Isengard')).toBe(false);
    }
    // Upright means the same picture, not only the same sides.
    const expected = await sharp(bytes)
      .rotate()
      .resize(16, 48, { fit: 'fill' })
      .removeAlpha()
      .raw()
      .toBuffer();
    const seen = await sharp(await download(image.large))
      .resize(16, 48, { fit: 'fill' })
      .removeAlpha()
      .raw()
      .toBuffer();
    const difference =
      seen.reduce((sum, value, i) => sum + Math.abs(value - (expected[i] ?? 0)), 0) / seen.length;
    expect(difference).toBeLessThan(6);
  });

  test('judges each file on its own, by what is in it', async () => {
    const id = await newCharacter(api, 'judged');
    const whole = await draw(10);
    const large = await noise(64, 64).jpeg().toBuffer();
    const files = [
      await photo(11),
      { name: 'cut.jpg', bytes: whole.subarray(0, whole.length * 0.7) },
      { name: 'empty.jpg', bytes: Buffer.alloc(0) },
      { name: 'text.jpg', bytes: Buffer.from('This is not a picture. '.repeat(50)) },
      {
        name: 'drawing.svg',
        bytes: Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="300" height="300"/>'),
      },
      { name: 'scan.tiff', bytes: await noise(200, 200).tiff().toBuffer() },
      await photo(12, 'page.html'),
      { name: 'narrow.png', bytes: await noise(63, 200).png().toBuffer() },
      {
        name: 'wide.png',
        bytes: await sharp({ create: { width: 8193, height: 64, channels: 3, background: 'red' } })
          .png()
          .toBuffer(),
      },
      { name: 'heavy.jpg', bytes: Buffer.concat([large, Buffer.alloc(21 * 2 ** 20 - large.length)]) },
      {
        name: 'broken.png',
        bytes: Buffer.concat([
          (await noise(200, 200).png().toBuffer()).subarray(0, 5000),
          Buffer.alloc(90_000),
        ]),
      },
      await photo(13),
    ];
    const { results } = await uploadPhotos(api, id, files);
    expect(
      results.map((result: { code?: string; fileName: string }) => [result.fileName, result.code]),
    ).toEqual([
      ['11.jpg', undefined],
      ['cut.jpg', 'DAMAGED'],
      ['empty.jpg', 'EMPTY_FILE'],
      ['text.jpg', 'NOT_AN_IMAGE'],
      ['drawing.svg', 'UNSUPPORTED_FORMAT'],
      ['scan.tiff', 'UNSUPPORTED_FORMAT'],
      ['page.html', undefined],
      ['narrow.png', 'TOO_SMALL'],
      ['wide.png', 'TOO_LARGE_PIXELS'],
      ['heavy.jpg', 'TOO_LARGE'],
      ['broken.png', 'DAMAGED'],
      ['13.jpg', undefined],
    ]);
    const said = Object.fromEntries(
      results.map(({ fileName, message }: Record<string, string>) => [fileName, message]),
    );
    expect(said['narrow.png']).toBe('The picture is 63 × 200 pixels; each side must have at least 64.');
    expect(said['wide.png']).toBe('The picture is 8193 × 64 pixels; each side may have at most 8192.');
    expect(said['heavy.jpg']).toBe('The photo is 21 MB; the limit is 20 MB.');
    expect(said['cut.jpg']).toBe('The JPEG is damaged or incomplete and cannot be decoded.');
    expect(await read(id, 'imageCount')).toEqual({ imageCount: 3 });
    expect(await filesBelow(volume(`uploads/${id}`))).toHaveLength(3);
    await nothingTemporary();
  });

  test('reads every accepted format, to the limits', async () => {
    const id = await newCharacter(api, 'formats');
    const frames = await noise(200, 400).raw().toBuffer();
    const gif = sharp(frames, { raw: { width: 200, height: 400, channels: 3, pageHeight: 200 } }).gif({
      delay: [90, 90],
    });
    const flat = (width: number, height: number) =>
      sharp({ create: { width, height, channels: 3, background: 'teal' } });
    const files = [
      ['jpeg', await flat(8192, 64).jpeg().toBuffer()],
      ['png', await noise(64, 64).png().toBuffer()],
      ['webp', await noise(100, 80).webp().toBuffer()],
      ['gif', await gif.toBuffer()],
      ['avif', await noise(100, 80).avif({ effort: 0 }).toBuffer()],
      ['png', await noise(100, 80).greyscale().toColourspace('b-w').png().toBuffer()],
      ['png', await noise(100, 80).toColourspace('rgb16').png().toBuffer()],
      ['jpeg', await noise(100, 80).toColourspace('cmyk').jpeg().toBuffer()],
    ] as const;
    const { results } = await uploadPhotos(
      api,
      id,
      files.map(([, bytes], i) => ({ name: `${i}.bin`, bytes })),
    );
    expect(results.map((result: { image?: { format: string } }) => result.image?.format)).toEqual(
      files.map(([format]) => format),
    );
    // Of an animation, the first frame.
    expect(results[3].image).toMatchObject({ width: 200, height: 200 });
    for (const { image } of results)
      expect((await sharp(await download(image.small)).metadata()).format).toBe('webp');
  });

  test('knows a photo that comes twice in one request, and in many at once', async () => {
    const id = await newCharacter(api, 'twice');
    const [one, two, bad] = [await photo(20), await photo(21), { name: 'x.jpg', bytes: Buffer.from('x') }];
    const { results } = await uploadPhotos(api, id, [
      one,
      { ...one, name: 'same.jpg' },
      two,
      bad,
      { ...bad, name: 'y.jpg' },
    ]);
    expect(kinds(results)).toEqual([
      'ImageAccepted',
      'ImageDuplicate',
      'ImageAccepted',
      'ImageRejected',
      'ImageRejected',
    ]);
    expect(results[1]).toMatchObject({
      fileName: 'same.jpg',
      image: { id: results[0].image.id, fileName: '20.jpg' },
    });

    const photos = await Promise.all([22, 23, 24].map((seed) => photo(seed)));
    const answers = await Promise.all(Array.from({ length: 6 }, () => uploadPhotos(api, id, photos)));
    const all = answers.flatMap((answer) => answer.results);
    expect(kinds(all).filter((kind) => kind === 'ImageAccepted')).toHaveLength(3);
    expect(kinds(all).filter((kind) => kind === 'ImageDuplicate')).toHaveLength(15);
    expect(await read(id, 'imageCount')).toEqual({ imageCount: 5 });
    for (const { image } of all) expect((await fetch(api.url + image.url)).status).toBe(200);
    await nothingTemporary();
  });

  test('the same photo may belong to two characters', async () => {
    const [one, other] = [await newCharacter(api, 'shared one'), await newCharacter(api, 'shared two')];
    const shared = await photo(30);
    const [mine] = (await uploadPhotos(api, one, [shared])).results;
    const [theirs] = (await uploadPhotos(api, other, [shared])).results;
    expect(kinds([mine, theirs])).toEqual(['ImageAccepted', 'ImageAccepted']);
    await deleteImages([mine.image.id]);
    await until(async () => (await filesBelow(volume(`uploads/${one}`))).length === 0, 'the file is removed');
    expect((await fetch(api.url + theirs.image.url)).status).toBe(200);
    expect((await fetch(api.url + theirs.image.small)).status).toBe(200);
  });

  test('a name is a label and never a path', async () => {
    const id = await newCharacter(api, 'names');
    const names = [
      '../../etc/passwd.jpg',
      'C:\\photos\\mara.jpg',
      '',
      `${'n'.repeat(300)}.jpg`,
      'Zoë 😀.jpg',
    ];
    const files = await Promise.all(names.map(async (name, i) => ({ name, bytes: await draw(40 + i) })));
    const { results } = await uploadPhotos(api, id, files);
    expect(results.map((result: { fileName: string }) => result.fileName)).toEqual([
      'passwd.jpg',
      'mara.jpg',
      expect.stringMatching(/^(Photo 3|blob)$/),
      'n'.repeat(255),
      'Zoë 😀.jpg',
    ]);
    expect(await filesBelow(volume(`uploads/${id}`))).toEqual(
      results.map(({ image }: { image: { sha256: string } }) => `${image.sha256}.jpg`).sort(),
    );
  });

  test('says when there is no such character', async () => {
    for (const id of [NOBODY, 'nonsense'])
      expect(await uploadPhotos(api, id, [await photo(50)])).toEqual({
        __typename: 'NotFound',
        code: 'NOT_FOUND',
        message: 'There is no character with this id.',
        kind: 'character',
        id,
      });
    expect(await filesBelow(volume(`uploads/${NOBODY}`))).toEqual([]);
    await nothingTemporary();
  });

  test('takes at most 500 files', async () => {
    const id = await newCharacter(api, 'many');
    const tiny = { name: 'a.jpg', bytes: Buffer.from('a') };
    expect(await uploadPhotos(api, id, Array(501).fill(tiny))).toEqual({
      __typename: 'TooManyFiles',
      code: 'TOO_MANY_FILES',
      message: '501 files in one request; the limit is 500. Send the others in another one.',
      count: 501,
      limit: 500,
    });
    const { results } = await uploadPhotos(api, id, Array(500).fill(tiny));
    expect(results).toHaveLength(500);
    expect((await uploadPhotos(api, id, [])).results).toEqual([]);
  });

  test('makes thumbnails again when the cache was emptied', async () => {
    const id = await newCharacter(api, 'cache');
    const [{ image }] = (await uploadPhotos(api, id, [await photo(60)])).results;
    const before = await download(image.small);
    const { rm } = await import('node:fs/promises');
    await rm(volume('cache/thumbnails'), { recursive: true });
    const again = await Promise.all(Array.from({ length: 10 }, () => download(image.small)));
    expect(again.every((bytes) => bytes.equals(before))).toBe(true);
    expect(await filesBelow(volume('cache/thumbnails'))).toHaveLength(2);
  });
});

async function deleteImages(ids: string[]) {
  const document = `mutation ($input: DeleteImagesInput!) {
    deleteImages(input: $input) {
      __typename
      ... on UserError { code message }
      ... on InvalidInput { issues { field message } }
      ... on DeleteImagesSuccess { deletedIds }
    }
  }`;
  return (await api.graphql(document, { input: { ids } })).deleteImages;
}

describe('reading', () => {
  test('an image by its id, or null', async () => {
    const id = await newCharacter(api, 'reading');
    const [{ image }] = (await uploadPhotos(api, id, [await photo(70)])).results;
    const document =
      'query ($id: ID!) { image(id: $id) { id sha256 character { name imageCount cover { id } } } }';
    expect((await api.graphql(document, { id: image.id })).image).toEqual({
      id: image.id,
      sha256: image.sha256,
      character: { name: 'Mara', imageCount: 1, cover: { id: image.id } },
    });
    for (const unknown of [NOBODY, 'nonsense'])
      expect((await api.graphql(document, { id: unknown })).image).toBeNull();
  });

  test('images come newest first, in pages that stay right while images come and go', async () => {
    const id = await newCharacter(api, 'pages');
    const seeds = [80, 81, 82, 83, 84, 85];
    const files = await Promise.all(seeds.map((seed) => photo(seed)));
    for (const file of files) await uploadPhotos(api, id, [file]);
    const page = (args: string) =>
      read(
        id,
        `cover { fileName } images(${args}) { edges { node { id fileName } } pageInfo { hasNextPage endCursor } }`,
      );
    const names = ({ edges }: { edges: { node: { fileName: string } }[] }) =>
      edges.map(({ node }) => node.fileName);

    const all = await page('first: 500');
    expect(names(all.images)).toEqual(['85.jpg', '84.jpg', '83.jpg', '82.jpg', '81.jpg', '80.jpg']);
    expect(all.cover.fileName).toBe('80.jpg');
    const first = (await page('first: 2')).images;
    await uploadPhotos(api, id, [await photo(86)]);
    await deleteImages([first.edges[1].node.id, all.images.edges[3].node.id]);
    const second = (await page(`first: 2, after: "${first.pageInfo.endCursor}"`)).images;
    expect(names(second)).toEqual(['83.jpg', '81.jpg']);
    const third = (await page(`first: 2, after: "${second.pageInfo.endCursor}"`)).images;
    expect([names(third), third.pageInfo.hasNextPage]).toEqual([['80.jpg'], false]);
  });

  test('a page of images has at most 500', async () => {
    const id = await newCharacter(api, 'limits');
    const errorOf = async (args: string) => {
      const { answer } = await api.request(
        `query { character(id: "${id}") { images(${args}) { edges { cursor } } } }`,
      );
      return answer.errors?.[0]?.extensions.code;
    };
    expect(await errorOf('first: 500')).toBeUndefined();
    expect(await errorOf('first: 501')).toBe('BAD_PAGE_SIZE');
    expect(await errorOf('after: "x"')).toBe('BAD_CURSOR');
  });
});

describe('captionImage', () => {
  const caption = async (input: object) => {
    const document = `mutation ($input: CaptionImageInput!) {
      captionImage(input: $input) {
        __typename
        ... on UserError { code message }
        ... on InvalidInput { issues { field message } }
        ... on NotFound { kind id }
        ... on CaptionImageSuccess { image { caption character { updatedAt } } }
      }
    }`;
    return (await api.graphql(document, { input })).captionImage;
  };

  test('writes and clears a caption, up to 2000 characters', async () => {
    const id = await newCharacter(api, 'captions');
    const { results, character } = await uploadPhotos(api, id, [await photo(90)]);
    const imageId = results[0].image.id;
    for (const text of ['a photo of [trigger]', '', '😀'.repeat(2000)])
      expect((await caption({ imageId, caption: text })).image.caption).toBe(text);
    const { image } = await caption({ imageId, caption: null });
    expect(image.caption).toBeNull();
    expect(Date.parse(image.character.updatedAt)).toBeGreaterThan(Date.parse(character.updatedAt));

    expect(await caption({ imageId, caption: 'x'.repeat(2001) })).toMatchObject({
      __typename: 'InvalidInput',
      issues: [{ field: 'caption', message: 'It may have at most 2000 characters; it has 2001.' }],
    });
    expect((await caption({ imageId, caption: 'a\0b' })).__typename).toBe('InvalidInput');
    for (const unknown of [NOBODY, 'nonsense'])
      expect(await caption({ imageId: unknown, caption: 'x' })).toMatchObject({
        __typename: 'NotFound',
        kind: 'image',
        id: unknown,
      });
  });
});

describe('deleteImages', () => {
  test('removes rows and files, and passes over what is not there', async () => {
    const id = await newCharacter(api, 'deletion');
    const { results } = await uploadPhotos(api, id, [await photo(100), await photo(101)]);
    const [gone, stays] = results.map(({ image }: { image: { id: string } }) => image);
    expect(await deleteImages([NOBODY, gone.id, 'nonsense', gone.id])).toEqual({
      __typename: 'DeleteImagesSuccess',
      deletedIds: [gone.id],
    });
    expect(await deleteImages([gone.id])).toMatchObject({ deletedIds: [] });
    expect(await read(id, 'imageCount images { edges { node { id } } }')).toEqual({
      imageCount: 1,
      images: { edges: [{ node: { id: stays.id } }] },
    });
    await until(async () => (await filesBelow(volume(`uploads/${id}`))).length === 1, 'the file is removed');
    await until(
      async () => !(await filesBelow(volume('cache/thumbnails'))).some((name) => name.includes(gone.sha256)),
      'its thumbnails are removed',
    );
    expect((await fetch(api.url + gone.url)).status).toBe(404);
  });

  test('a photo that is uploaded again at once keeps its file', async () => {
    const id = await newCharacter(api, 'undo');
    const file = await photo(110);
    let [{ image }] = (await uploadPhotos(api, id, [file])).results;
    for (let i = 0; i < 10; i++) {
      await deleteImages([image.id]);
      const [again] = (await uploadPhotos(api, id, [file])).results;
      expect(again.__typename).toBe('ImageAccepted');
      image = again.image;
    }
    // Messages are taken in order: when this one's file is gone, those before it are done with.
    const [{ image: last }] = (await uploadPhotos(api, id, [await photo(111)])).results;
    await deleteImages([last.id]);
    await until(
      async () => (await filesBelow(volume(`uploads/${id}`))).length === 1,
      'the last file is removed',
    );
    expect(sha256(await download(image.url))).toBe(image.sha256);
  });

  test('takes at most 500 ids', async () => {
    expect(await deleteImages(Array(501).fill(NOBODY))).toMatchObject({
      __typename: 'InvalidInput',
      issues: [{ field: 'ids', message: 'It may have at most 500 ids; it has 501.' }],
    });
    expect(await deleteImages([])).toMatchObject({ deletedIds: [] });
  });
});
