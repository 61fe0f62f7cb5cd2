import { buildClient } from '../build-client.ts';

/** `npm run build`: the client into `client/dist`, as `npm start` does by itself. */
await buildClient();
