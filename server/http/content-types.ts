import type { IncomingMessage, ServerResponse } from 'node:http';
import { GraphQLError } from 'graphql';
import type { GraphQLParams, Plugin } from 'graphql-yoga';
import { BodyTooLarge, boundBody, readBody } from './body.ts';

/**
 * A page of any site may post a form to us without being asked whether it may; JSON it may not. So operations come as
 * JSON, or as multipart with a header of one's own (multipart.ts), and every other type is refused.
 */
const JSON_TYPE = /^\s*application\/(graphql-response\+)?json\s*(;|$)/i;
const MULTIPART_TYPE = /^\s*multipart\/form-data\s*(;|$)/i;

/** As much as over the socket: documents and variables. Yoga's own parser has no limit in bytes that are read. */
const MAX_JSON_BYTES = 256 * 1024;

export const onlyOurContentTypes = (): Plugin<object, { req: IncomingMessage; res: ServerResponse }> => ({
  onRequestParse({ request, requestParser, serverContext, setRequestParser, endResponse, fetchAPI }) {
    // A query in the address is as long as Node lets the headers be, 16 kB.
    if (request.method !== 'POST')
      return requestParser && setRequestParser((given) => orMalformed(async () => requestParser(given)));
    const { req, res } = serverContext;
    boundBody(req, res);
    const type = request.headers.get('content-type') ?? '';
    if (JSON_TYPE.test(type)) return setRequestParser(() => orMalformed(() => parse(req)));
    if (MULTIPART_TYPE.test(type)) return;
    const message = 'Send an operation as application/json, and files as multipart/form-data.';
    const errors = [{ message, extensions: { code: 'UNSUPPORTED_MEDIA_TYPE' } }];
    endResponse(fetchAPI.Response.json({ errors }, { status: 415 }));
  },
});

async function parse(req: IncomingMessage) {
  const body: unknown = JSON.parse((await readBody(req, MAX_JSON_BYTES)).toString());
  if (typeof body !== 'object' || body === null) throw new TypeError('Not an object');
  // Yoga looks at what is in it.
  return body as GraphQLParams;
}

/** Parsers' messages repeat what they were given, so they stay inside. */
async function orMalformed<Params>(parseIt: () => Promise<Params>) {
  try {
    return await parseIt();
  } catch (error) {
    if (error instanceof GraphQLError) throw error;
    throw error instanceof BodyTooLarge
      ? new GraphQLError(
          `An operation may have ${MAX_JSON_BYTES / 1024} kB; files are sent as multipart/form-data.`,
          {
            extensions: { code: 'REQUEST_TOO_LARGE', http: { status: 413 } },
          },
        )
      : new GraphQLError(
          'This request is malformed: an operation is a JSON object with `query` and `variables`.',
          {
            extensions: { code: 'BAD_REQUEST', http: { status: 400 } },
          },
        );
  }
}
