import { loseAccess, untilIn } from './access.ts';

/**
 * While nobody is signed in, requests wait, and one that was refused for that is sent again afterwards: whoever signs in
 * again finds done what was asked for, and no page sees an error that it could do nothing about.
 */
export function patient(send: typeof fetch): typeof fetch {
  return async (input, init) => {
    for (;;) {
      await untilIn();
      const response = await send(input, init);
      if (response.status !== 401) return response;
      loseAccess();
    }
  };
}
