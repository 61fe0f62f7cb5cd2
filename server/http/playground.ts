import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { renderGraphiQL } from '@graphql-yoga/render-graphiql';
import { EXAMPLE_TABS } from './examples.ts';
import { pageHeaders, playgroundPolicy } from './page-headers.ts';

type Page = { body: Buffer; headers: Record<string, string | number> };

/** The same for everybody, and 9 MB: made when somebody first looks at it. */
let made: Page | undefined;

function page(): Page {
  if (made !== undefined) return made;
  const html = renderGraphiQL({
    title: 'Isengard playground',
    subscriptionsProtocol: 'WS',
    defaultTabs: EXAMPLE_TABS,
  });
  const body = Buffer.from(html);
  made = {
    body,
    headers: {
      'Content-Type': 'text/html; charset=utf-8',
      'Content-Length': body.length,
      'Cache-Control': 'no-cache',
      ...pageHeaders(playgroundPolicy(scriptHashesOf(html))),
    },
  };
  return made;
}

/** A browser hashes what stands between the tags. */
const scriptHashesOf = (html: string) =>
  [...html.matchAll(/<script>(.*?)<\/script>/gs)].map(
    ([, script = '']) => `sha256-${createHash('sha256').update(script).digest('base64')}`,
  );

/** A browser that goes to the API's address. Programs ask for JSON. */
export const asksForPlayground = ({ method, headers }: IncomingMessage) =>
  method === 'GET' && headers.accept?.includes('text/html') === true;

export function servePlayground(res: ServerResponse) {
  const { body, headers } = page();
  res.writeHead(200, headers).end(body);
}
