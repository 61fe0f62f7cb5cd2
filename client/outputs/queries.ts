import { graphql } from '../gql/index.ts';

/** No fragments: it is read past the cache, by the hundred, and kept as it is. */
export const GalleryWindow = graphql(`
  query GalleryWindow(
    $characterId: ID, $loraId: ID, $generationId: ID, $isFavourite: Boolean, $from: DateTime, $to: DateTime,
    $search: String, $inTrash: Boolean!, $first: Int, $after: String, $last: Int, $before: String
  ) {
    outputs(
      characterId: $characterId, loraId: $loraId, generationId: $generationId, isFavourite: $isFavourite, from: $from,
      to: $to, search: $search, inTrash: $inTrash, first: $first, after: $after, last: $last, before: $before
    ) {
      edges {
        node {
          id
          width
          height
          thumbHash
          isFavourite
          createdAt
          thumbnailUrl
          largeUrl: thumbnailUrl(size: LARGE)
          prompt
        }
      }
      pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    }
  }
`);

export const GalleryMonths = graphql(`
  query GalleryMonths(
    $characterId: ID, $loraId: ID, $generationId: ID, $isFavourite: Boolean, $from: DateTime, $to: DateTime,
    $search: String, $inTrash: Boolean!
  ) {
    outputMonths(
      characterId: $characterId, loraId: $loraId, generationId: $generationId, isFavourite: $isFavourite, from: $from,
      to: $to, search: $search, inTrash: $inTrash
    ) { month count after }
  }
`);

/** What one can filter by. */
export const GalleryChoices = graphql(`
  query GalleryChoices {
    characters(first: 100, sort: NAME) { edges { node { id name } } }
    loras(first: 100) { edges { node { id name } } }
  }
`);

export const SetFavourite = graphql(`
  mutation SetFavourite($input: SetFavouriteInput!) {
    setFavourite(input: $input) {
      __typename
      ... on SetFavouriteSuccess { outputs { id isFavourite } }
      ... on UserError { message }
    }
  }
`);

export const DeleteOutputs = graphql(`
  mutation DeleteOutputs($input: DeleteOutputsInput!) {
    deleteOutputs(input: $input) {
      __typename
      ... on DeleteOutputsSuccess { outputs { id deletedAt generation { id } } keptDays }
      ... on UserError { message }
    }
  }
`);

export const RestoreOutputs = graphql(`
  mutation RestoreOutputs($input: RestoreOutputsInput!) {
    restoreOutputs(input: $input) {
      __typename
      ... on RestoreOutputsSuccess { outputs { id deletedAt generation { id } } }
      ... on UserError { message }
    }
  }
`);

export const EmptyTrash = graphql(`
  mutation EmptyTrash($input: EmptyTrashInput!) {
    emptyTrash(input: $input) {
      __typename
      ... on EmptyTrashSuccess { purged { count bytes } }
      ... on UserError { message }
    }
  }
`);

export const CreateArchive = graphql(`
  mutation CreateArchive($input: CreateArchiveInput!, $idempotencyKey: String) {
    createArchive(input: $input, idempotencyKey: $idempotencyKey) {
      __typename
      ... on CreateArchiveSuccess { url count }
      ... on UserError { message }
    }
  }
`);
