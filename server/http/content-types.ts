import type { IncomingMessage } from 'node:http';
import { GraphQLError } from 'graphql';
import type { GraphQLParams, Plugin } from 'graphql-yoga';
import { BodyTooLarge, BodyTooSlow, readBody } from './body.ts';
import { batchRefusal, tooSlow } from './body-refusals.ts';

/**
 * A page of any site may post a form to us without being asked whether it may; JSON it may not. So operations come as
 * JSON, or as multipart with a header of one's own (multipart.ts), and every other type is refused.
 */
const JSON_TYPE = /^\s*application\/(graphql-response\+)?json\s*(;|$)/i;
const MULTIPART_TYPE = /^\s*multipart\/form-data\s*(;|$)/i;

/** As much as over the socket: documents and variables. Yoga's own parser has no limit in bytes that are read. */
const MAX_JSON_BYTES = 256 * 1024;

/** A small body can unpack into one without end, and nothing that we are sent is worth packing: photos are packed already. */
const isPacked = (encoding: string | null) => encoding !== null && !/^\s*(identity)?\s*$/i.test(encoding);

export const onlyOurContentTypes = (): Plugin<object, { req: IncomingMessage }> => ({
  onRequestParse({ request, requestParser, serverContext, setRequestParser, endResponse, fetchAPI }) {
    // A query in the address is as long as Node lets the headers be, 16 kB.
    if (request.method !== 'POST')
      return requestParser && setRequestParser((given) => orMalformed(async () => requestParser(given)));
    const refuse = (code: string, message: string, headers = {}) =>
      endResponse(
        fetchAPI.Response.json({ errors: [{ message, extensions: { code } }] }, { status: 415, headers }),
      );
    if (isPacked(request.headers.get('content-encoding')))
      return refuse('UNSUPPORTED_CONTENT_ENCODING', 'Send it as it is, without a Content-Encoding.', {
        'Accept-Encoding': 'identity',
      });
    const type = request.headers.get('content-type') ?? '';
    if (JSON_TYPE.test(type)) return setRequestParser(() => orMalformed(() => parse(serverContext.req)));
    if (MULTIPART_TYPE.test(type)) return;
    refuse(
      'UNSUPPORTED_MEDIA_TYPE',
      'Send an operation as application/json, and files as multipart/form-data.',
    );
  },
});

async function parse(req: IncomingMessage) {
  const body: unknown = JSON.parse((await readBody(req, MAX_JSON_BYTES)).toString());
  if (Array.isArray(body)) throw batchRefusal();
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
    if (error instanceof BodyTooSlow) throw tooSlow();
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
