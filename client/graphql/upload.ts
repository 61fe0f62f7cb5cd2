/**
 * A `fetch` on XMLHttpRequest, for one reason: only that tells how much of a request has been sent. urql takes it as
 * `context.fetch`, so an upload is a mutation like any other.
 */
export function uploadingFetch(onProgress: (fraction: number) => void): typeof fetch {
  return (input, init) =>
    new Promise<Response>((resolve, reject) => {
      const request = new XMLHttpRequest();
      request.open(init?.method ?? 'POST', String(input));
      request.responseType = 'text';
      for (const [name, value] of new Headers(init?.headers)) request.setRequestHeader(name, value);
      request.upload.onprogress = (event) => {
        if (event.lengthComputable && event.total > 0) onProgress(event.loaded / event.total);
      };
      request.onload = () =>
        resolve(
          new Response(request.responseText, {
            status: request.status,
            headers: { 'content-type': request.getResponseHeader('content-type') ?? 'application/json' },
          }),
        );
      request.onerror = () => reject(new TypeError('The connection broke while uploading.'));
      request.onabort = () => reject(new DOMException('Cancelled', 'AbortError'));
      init?.signal?.addEventListener('abort', () => request.abort());
      request.send(init?.body as XMLHttpRequestBodyInit | null);
    });
}

/** A form of another site cannot send this header: it proves that the page itself asked. */
export const UPLOAD_HEADERS = { 'x-isengard-upload': '1' };
