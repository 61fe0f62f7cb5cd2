import type { Api, Data } from './api.ts';
import { realPhotos } from './pictures.ts';
import { createCharacter, eventsOf, startGeneration, startTraining, uploadImages } from './steps.ts';

/** A character with photos and a trained LoRA. */
export async function trainedCharacter(api: Api, name: string): Promise<{ character: Data; lora: Data }> {
  const character = await createCharacter(api, name);
  await uploadImages(api, character.id, (await realPhotos()).slice(0, 3));
  const { id } = await startTraining(api, character.id, { steps: 20, samplePrompts: [], rank: 4 });
  await eventsOf(api, id);
  const LORA = 'query ($id: ID!) { training(id: $id) { lora { id name } } }';
  return { character, lora: (await api.graphql(LORA, { id })).training.lora };
}

/** The ids of a batch's images, by index. */
export async function generate(api: Api, input: object): Promise<{ id: string; outputIds: string[] }> {
  const { id } = await startGeneration(api, { width: 256, height: 256, steps: 1, ...input });
  await eventsOf(api, id);
  const { generation } = await api.graphql('query ($id: ID!) { generation(id: $id) { outputs { id } } }', {
    id,
  });
  return { id, outputIds: generation.outputs.map((output: Data) => output.id) };
}

const OUTPUTS = `query ($first: Int, $after: String, $last: Int, $before: String, $characterId: ID, $loraId: ID,
    $generationId: ID, $isFavourite: Boolean, $from: DateTime, $to: DateTime, $search: String, $inTrash: Boolean) {
  outputs(first: $first, after: $after, last: $last, before: $before, characterId: $characterId, loraId: $loraId,
      generationId: $generationId, isFavourite: $isFavourite, from: $from, to: $to, search: $search, inTrash: $inTrash) {
    edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}`;

export const pageOf = async (api: Api, args: object): Promise<Data> =>
  (await api.graphql(OUTPUTS, args)).outputs;
export const listed = async (api: Api, args: object = {}): Promise<string[]> =>
  (await pageOf(api, { first: 100, ...args })).edges.map(({ node }: Data) => node.id);

/** What a mutation about images answers. */
export async function change(api: Api, name: string, input: object, selection: string): Promise<Data> {
  const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
  const document = `mutation ($input: ${type}Input!) { ${name}(input: $input) {
    __typename ... on ${type}Success { ${selection} } ... on UserError { code message } } }`;
  return (await api.graphql(document, { input }))[name];
}
