import type { Client } from '@urql/core';
import { graphql } from '../gql/index.ts';
import { describe } from '../graphql/errors.ts';
import { UPLOAD_HEADERS, uploadingFetch } from '../graphql/upload.ts';

const UploadLora = graphql(`
  mutation UploadLora($input: UploadLoraInput!, $idempotencyKey: String) {
    uploadLora(input: $input, idempotencyKey: $idempotencyKey) {
      __typename
      ... on UploadLoraSuccess {
        lora { id name ...LoraRow_lora character { id loraCount newestLora { id } } }
      }
      ... on UserError { message }
      ... on InvalidInput { issues { field message } }
    }
  }
`);

export type LoraToSend = {
  file: File;
  name: string | null;
  characterId: string | null;
  baseModel: string | null;
};

export type Sent =
  | { kind: 'kept'; name: string }
  /** By the field that it is about; `input` when it is about none. */
  | { kind: 'refused'; problems: Record<string, string> }
  /** Not the file's fault: another try may succeed. */
  | { kind: 'failed'; message: string };

type Sending = {
  input: LoraToSend;
  idempotencyKey: string;
  /** 0 to 1, of the bytes that left. */
  onSent: (fraction: number) => void;
  signal: AbortSignal;
};

/** Never settles when `signal` took it back. */
export function sendLora(client: Client, { input, idempotencyKey, onSent, signal }: Sending): Promise<Sent> {
  return new Promise((resolve) => {
    const source = client.mutation(
      UploadLora,
      { input, idempotencyKey },
      { fetch: uploadingFetch(onSent), fetchOptions: { headers: UPLOAD_HEADERS } },
    );
    const { unsubscribe } = source.subscribe(({ error, operation, data }) => {
      if (error !== undefined) return resolve({ kind: 'failed', ...describe(error, operation) });
      const result = data?.uploadLora;
      if (result === undefined) return;
      if ('lora' in result) return resolve({ kind: 'kept', name: result.lora.name });
      const problems =
        'issues' in result
          ? Object.fromEntries(result.issues.map((issue) => [issue.field, issue.message]))
          : { input: result.message };
      resolve({ kind: 'refused', problems });
    });
    signal.addEventListener('abort', unsubscribe);
  });
}
