import { describe, expect, test } from 'vitest';
import { drawPhoto } from '#tests/pictures.ts';
import { startServer } from '#tests/server.ts';

const api = await startServer();

const cut = (await drawPhoto({ seed: 4, width: 240, height: 320 })).subarray(0, 3000);

const UPLOAD = `mutation ($input: UploadReferenceImageInput!) {
  uploadReferenceImage(input: $input) {
    __typename
    ... on UserError { code message }
    ... on UploadReferenceImageSuccess {
      referenceImage { id width height thumbHash url small: thumbnailUrl large: thumbnailUrl(size: LARGE) }
    }
  }
}`;
const upload = async (bytes: Uint8Array) =>
  (
    await api.upload(
      UPLOAD,
      { input: { file: null } },
      { 'variables.input.file': { name: 'pose.jpg', bytes } },
    )
  ).uploadReferenceImage;

describe('uploadReferenceImage', () => {
  test('keeps a picture, once', async () => {
    const bytes = await drawPhoto({ seed: 3, width: 240, height: 320 });
    const { referenceImage } = await upload(bytes);
    const { id } = referenceImage;
    expect(referenceImage).toEqual({
      id: expect.any(String),
      width: 240,
      height: 320,
      thumbHash: expect.stringMatching(/^[A-Za-z0-9+/]+=*$/),
      url: `/files/references/${id}`,
      small: `/files/references/${id}/256`,
      large: `/files/references/${id}/1024`,
    });
    const stored = await fetch(api.url + referenceImage.url);
    expect(Buffer.from(await stored.arrayBuffer()).equals(bytes)).toBe(true);
    expect((await fetch(api.url + referenceImage.small)).headers.get('content-type')).toBe('image/webp');

    const answers = await Promise.all([upload(bytes), upload(bytes), upload(bytes)]);
    expect(answers.map((answer) => answer.referenceImage.id)).toEqual([id, id, id]);
  });

  test.each([
    ['EMPTY_FILE', Buffer.alloc(0)],
    ['NOT_AN_IMAGE', Buffer.from('nothing to see')],
    ['UNSUPPORTED_FORMAT', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>')],
    ['DAMAGED', cut],
    ['TOO_LARGE', Buffer.alloc(20 * 2 ** 20 + 1)],
  ])('says why it cannot use it: %s', async (code, bytes) => {
    expect(await upload(bytes)).toEqual({
      __typename: 'ImageUnreadable',
      code,
      message: expect.stringMatching(/\.$/),
    });
  });

  test('a file that is larger than any could be', async () => {
    expect(await upload(Buffer.alloc(101 * 2 ** 20))).toMatchObject({ __typename: 'UploadTooLarge' });
  });
});
