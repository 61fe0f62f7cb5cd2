import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Answer, Api } from './api.ts';

export type NamedFile = { name: string; bytes: Uint8Array };

export const UPLOAD_IMAGES = /* GraphQL */ `
  mutation ($input: UploadImagesInput!) {
    uploadImages(input: $input) {
      __typename
      ... on UserError {
        code
        message
      }
      ... on TooManyFiles {
        count
        limit
      }
      ... on UploadTooLarge {
        limitBytes
      }
      ... on NotFound {
        kind
        id
      }
      ... on UploadImagesSuccess {
        character {
          id
          imageCount
          updatedAt
        }
        results {
          __typename
          ... on ImageAccepted {
            fileName
            image {
              ...Whole
            }
          }
          ... on ImageDuplicate {
            fileName
            image {
              ...Whole
            }
          }
          ... on ImageRejected {
            fileName
            code
            message
          }
        }
      }
    }
  }
  fragment Whole on Image {
    id
    fileName
    format
    width
    height
    bytes
    sha256
    thumbHash
    caption
    createdAt
    url
    small: thumbnailUrl
    large: thumbnailUrl(size: LARGE)
    character {
      id
    }
  }
`;

/** What `uploadImages` answers to these photos. */
export async function uploadPhotos(api: Api, characterId: string, files: NamedFile[]) {
  const input = { characterId, files: files.map(() => null) };
  const named = Object.fromEntries(files.map((file, i) => [`variables.input.files.${i}`, file]));
  return (await api.upload(UPLOAD_IMAGES, { input }, named)).uploadImages;
}

export async function newCharacter(api: Api, triggerWord: string, name = 'Mara'): Promise<string> {
  const document = `mutation ($input: CreateCharacterInput!) {
    createCharacter(input: $input) { ... on CreateCharacterSuccess { character { id } } }
  }`;
  return (await api.graphql(document, { input: { name, triggerWord } })).createCharacter.character.id;
}

type Part = { name: string; value: string } | { name: string; fileName: string; bytes: Uint8Array };

const BOUNDARY = 'isengard-test';

/** A multipart body by hand, for those that no honest client sends. */
export function multipartBody(parts: Part[], end = `--${BOUNDARY}--\r\n`): Buffer<ArrayBuffer> {
  const written = parts.flatMap((part) => {
    const file = 'bytes' in part ? `; filename="${part.fileName}"\r\nContent-Type: image/jpeg` : '';
    const head = `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${part.name}"${file}\r\n\r\n`;
    return [Buffer.from(head), 'bytes' in part ? part.bytes : Buffer.from(part.value), Buffer.from('\r\n')];
  });
  return Buffer.concat([...written, Buffer.from(end)]);
}

/** The fields that come before `count` files in a request of `uploadImages`. */
export const uploadFields = (characterId: string, count: number): Part[] => {
  const files = Array.from({ length: count }, (_, i) => i);
  const variables = { input: { characterId, files: files.map(() => null) } };
  return [
    { name: 'operations', value: JSON.stringify({ query: UPLOAD_IMAGES, variables }) },
    {
      name: 'map',
      value: JSON.stringify(Object.fromEntries(files.map((i) => [i, [`variables.input.files.${i}`]]))),
    },
  ];
};

export const MULTIPART_HEADERS = {
  'Content-Type': `multipart/form-data; boundary=${BOUNDARY}`,
  'X-Isengard-Upload': '1',
  Accept: 'application/json',
};

/** Posts a multipart body as it is. */
export async function postMultipart(api: Api, body: BodyInit, headers: Record<string, string> = {}) {
  const options = { method: 'POST', body, headers: { ...MULTIPART_HEADERS, ...headers }, duplex: 'half' };
  const response = await fetch(`${api.url}/graphql`, options as RequestInit);
  return { response, answer: (await response.json()) as Answer };
}

/** Every file below a folder, as sorted relative paths. */
export async function filesBelow(folder: string): Promise<string[]> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return found
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}
