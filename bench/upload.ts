import { openAsBlob } from 'node:fs';
import { basename } from 'node:path';
import { ask } from './installation.ts';
import { AUTHORIZATION } from './key.ts';

const UPLOAD = /* GraphQL */ `
  mutation ($input: UploadImagesInput!) {
    uploadImages(input: $input) {
      __typename
      ... on UserError { code message }
      ... on UploadImagesSuccess { results { __typename } }
    }
  }
`;

export async function newCharacter(url: string, triggerWord: string): Promise<string> {
  const document = `mutation ($input: CreateCharacterInput!) {
    createCharacter(input: $input) { ... on CreateCharacterSuccess { character { id } } }
  }`;
  type Created = { createCharacter: { character: { id: string } } };
  const { createCharacter } = await ask<Created>(url, document, {
    input: { name: triggerWord, triggerWord },
  });
  return createCharacter.character.id;
}

/** The fields of a multipart request for `count` files, before the files. */
export function uploadFields(characterId: string, count: number) {
  const files = Array.from({ length: count }, (_, i) => i);
  const variables = { input: { characterId, files: files.map(() => null) } };
  return {
    operations: JSON.stringify({ query: UPLOAD, variables }),
    map: JSON.stringify(Object.fromEntries(files.map((i) => [i, [`variables.input.files.${i}`]]))),
  };
}

/** All files in one mutation, streamed from disk. Fails unless every one was accepted. */
export async function uploadPhotos(url: string, characterId: string, paths: string[]) {
  const form = new FormData();
  for (const [name, value] of Object.entries(uploadFields(characterId, paths.length))) form.set(name, value);
  for (const [i, path] of paths.entries()) form.set(String(i), await openAsBlob(path), basename(path));
  const headers = { Accept: 'application/json', 'X-Isengard-Upload': '1', ...AUTHORIZATION };
  const response = await fetch(`${url}/graphql`, { method: 'POST', body: form, headers });
  const answer = (await response.json()) as {
    data?: { uploadImages: { results?: { __typename: string }[] } };
  };
  const accepted = answer.data?.uploadImages.results?.filter(
    ({ __typename }) => __typename === 'ImageAccepted',
  );
  if (accepted?.length !== paths.length)
    throw new Error(`Not all photos were accepted: ${JSON.stringify(answer)}`);
}
