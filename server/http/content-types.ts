import type { Plugin } from 'graphql-yoga';

/**
 * A page of any site may post a form to us without being asked whether it may; JSON it may not. So operations come as
 * JSON, or as multipart with a header of one's own (multipart.ts), and every other type is refused.
 */
const ACCEPTED = /^\s*(application\/(graphql-response\+)?json|multipart\/form-data)\s*(;|$)/i;

export const onlyOurContentTypes = (): Plugin => ({
  onRequestParse({ request, endResponse, fetchAPI }) {
    if (request.method !== 'POST' || ACCEPTED.test(request.headers.get('content-type') ?? '')) return;
    const message = 'Send an operation as application/json, and files as multipart/form-data.';
    const errors = [{ message, extensions: { code: 'UNSUPPORTED_MEDIA_TYPE' } }];
    endResponse(fetchAPI.Response.json({ errors }, { status: 415 }));
  },
});
