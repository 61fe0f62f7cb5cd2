import { setTimeout as pause } from 'node:timers/promises';
import { type Api, Problem, Refused } from './demo-api.ts';
import type { Screen } from './demo-screen.ts';

const FOLLOW = /* GraphQL */ `
  subscription Follow($jobId: ID!, $after: String) {
    jobEvents(jobId: $jobId, after: $after) {
      __typename
      cursor
      ... on JobStateChanged { state error { message advice } }
      ... on JobStageChanged { stage }
      ... on JobProgressed { step steps stepsPerSecond eta { seconds } metrics { loss } }
      ... on SampleAdded { sample { step prompt } }
      ... on OutputAdded { output { seed } }
    }
  }
`;
const CANCEL = /* GraphQL */ `
  mutation Cancel($input: CancelJobInput!) {
    cancelJob(input: $input) { __typename ... on UserError { message } }
  }
`;

type Event = { cursor: string } & (
  | { __typename: 'JobStateChanged'; state: string; error: { message: string; advice: string | null } | null }
  | { __typename: 'JobStageChanged'; stage: string }
  | {
      __typename: 'JobProgressed';
      step: number;
      steps: number;
      stepsPerSecond: number | null;
      eta: { seconds: number } | null;
      metrics: { loss: number }[];
    }
  | { __typename: 'SampleAdded'; sample: { step: number; prompt: string } | null }
  | { __typename: 'OutputAdded'; output: { seed: number } | null }
  | { __typename: 'JobLogged' | 'CheckpointAdded' | 'PreviewUpdated' }
);

type Payload = { data?: { jobEvents: Event | null } | null; errors?: readonly { message: string }[] };

const RETRY_MS = 500;
/** A server that restarts needs seconds; one that is gone for longer does not come back by waiting. */
const GIVE_UP_MS = 60_000;

/** Every event of a job, once each and in order, also when the connection is lost and comes back meanwhile. */
async function* eventsOf(api: Api, jobId: string): AsyncGenerator<Event, void> {
  const sockets = api.sockets();
  let after: string | null = null;
  let lastHeard = Date.now();
  try {
    for (;;) {
      try {
        const payloads: AsyncIterable<Payload> = sockets.iterate({
          query: FOLLOW,
          variables: { jobId, after },
        });
        for await (const { data, errors } of payloads) {
          if (errors?.[0] !== undefined) throw new Problem(errors[0].message);
          const event = data?.jobEvents;
          if (event == null) throw new Problem('The job is gone: somebody deleted it.');
          lastHeard = Date.now();
          after = event.cursor;
          yield event;
        }
        // Completed by the server: there is nothing more to tell.
        return;
      } catch (error) {
        if (error instanceof Problem) throw error;
        if (Array.isArray(error))
          throw new Problem(String(error[0]?.message ?? 'The server refused to tell of the job.'));
        if (Date.now() - lastHeard > GIVE_UP_MS)
          throw new Problem(
            `The connection to ${api.url} was lost and did not come back; the job may go on there.`,
          );
        await pause(RETRY_MS);
      }
    }
  } finally {
    await sockets.dispose();
  }
}

/** Shows a job until it has ended, and cancels it when `signal` aborts. Throws why it did not complete. */
export async function followJob(options: {
  api: Api;
  jobId: string;
  title: string;
  screen: Screen;
  signal: AbortSignal;
}): Promise<void> {
  const { api, jobId, title, screen, signal } = options;
  const cancel = () => {
    screen.line(`Cancelling the ${title.toLowerCase()} …`);
    // Refused: it ended meanwhile. Whatever else happens, the events below tell it.
    api.mutate(CANCEL, { jobId }).catch((error: unknown) => {
      if (!(error instanceof Refused)) screen.line(`The job could not be cancelled: ${String(error)}`);
    });
  };
  if (signal.aborted) cancel();
  else signal.addEventListener('abort', cancel, { once: true });
  try {
    for await (const event of eventsOf(api, jobId)) show(event, title, screen);
  } finally {
    signal.removeEventListener('abort', cancel);
    screen.endProgress();
  }
  // Asked for, although the job may have been quicker than the request.
  signal.throwIfAborted();
}

function show(event: Event, title: string, screen: Screen) {
  switch (event.__typename) {
    case 'JobStateChanged':
      if (event.state === 'QUEUED') screen.progress(`${title}: waits for its turn`, null);
      if (event.state === 'CANCELLED') return screen.line(`${title}: cancelled`);
      if (event.state === 'FAILED')
        throw new Problem(`The ${title.toLowerCase()} failed: ${whyOf(event.error)}`);
      return;
    case 'JobStageChanged':
      return screen.progress(`${title}: ${event.stage.toLowerCase().replace('_', ' ')}`, null);
    case 'JobProgressed':
      return screen.progress(progressText(event, title), event.step / Math.max(1, event.steps));
    case 'SampleAdded':
      return void (
        event.sample && screen.line(`  sample at step ${event.sample.step}: ${event.sample.prompt}`)
      );
    case 'OutputAdded':
      return void (event.output && screen.line(`  image with seed ${event.output.seed}`));
  }
}

const whyOf = (error: { message: string; advice: string | null } | null) =>
  error === null
    ? 'nobody knows why.'
    : [error.message, error.advice].filter((text) => text !== null).join(' ');

function progressText(event: Extract<Event, { __typename: 'JobProgressed' }>, title: string) {
  const { step, steps, stepsPerSecond, eta, metrics } = event;
  const loss = metrics.at(-1)?.loss;
  return [
    `${title}: step ${step} of ${steps}`,
    ...(stepsPerSecond ? [`${stepsPerSecond.toFixed(1)}/s`] : []),
    ...(eta ? [`about ${Math.ceil(eta.seconds)} s left`] : []),
    ...(loss === undefined ? [] : [`loss ${loss.toPrecision(3)}`]),
  ].join(' · ');
}
