import type { Client } from 'graphql-ws';

// biome-ignore lint/suspicious/noExplicitAny: answers are as varied as the documents that tests write by hand.
export type Data = any;

export type Answer = {
  data?: Data;
  errors?: { message: string; path?: unknown; extensions: Record<string, Data> }[];
};

export type Api = {
  url: string;
  /** What says who asks. */
  headers: Record<string, string>;
  /** The data of an operation that must not have top-level errors. */
  graphql(document: string, variables?: object): Promise<Data>;
  /** The whole answer, with its HTTP response. */
  request(
    document: string,
    variables?: object,
    headers?: Record<string, string>,
  ): Promise<{ answer: Answer; response: Response }>;
  /** A multipart request: each file stands for the variable at its path, such as `variables.input.files.0`. */
  upload(
    document: string,
    variables: object,
    files: Record<string, { name: string; bytes: Uint8Array }>,
  ): Promise<Data>;
  /** The payloads of a subscription, until it completes or the consumer returns. */
  subscribe(document: string, variables?: object): AsyncIterableIterator<Data>;
};

/** `own`: headers of who asks, with each request. */
export function apiAt(url: string, sockets: Client, own: Record<string, string> = {}): Api {
  const post = (body: BodyInit, headers: Record<string, string>) =>
    fetch(`${url}/graphql`, {
      method: 'POST',
      body,
      headers: { Accept: 'application/json', ...own, ...headers },
    });

  const dataOf = async (response: Response) => {
    const answer = (await response.json()) as Answer;
    if (answer.errors) throw new Error(`${response.status} ${JSON.stringify(answer.errors)}`);
    return answer.data;
  };
  const json = (document: string, variables?: object, headers?: Record<string, string>) =>
    post(JSON.stringify({ query: document, variables }), { 'Content-Type': 'application/json', ...headers });

  return {
    url,
    headers: own,
    graphql: async (document, variables) => dataOf(await json(document, variables)),
    async request(document, variables, headers) {
      const response = await json(document, variables, headers);
      return { answer: (await response.clone().json()) as Answer, response };
    },
    async upload(document, variables, files) {
      const form = new FormData();
      const paths = Object.keys(files);
      form.set('operations', JSON.stringify({ query: document, variables }));
      form.set('map', JSON.stringify(Object.fromEntries(paths.map((path, i) => [i, [path]]))));
      for (const [i, { name, bytes }] of Object.values(files).entries())
        form.set(String(i), new Blob([bytes as Uint8Array<ArrayBuffer>]), name);
      return dataOf(await post(form, { 'X-Isengard-Upload': '1' }));
    },
    async *subscribe(document, variables) {
      const payloads = sockets.iterate({ query: document, variables: { ...variables } });
      for await (const { data, errors } of payloads) {
        if (errors) throw new Error(JSON.stringify(errors));
        yield data;
      }
    },
  };
}
