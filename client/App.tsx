import { Route, Router } from '@solidjs/router';
import { Provider } from '@urql/solid';
import { type Component, lazy, onMount } from 'solid-js';
import { createClient } from './graphql/client.ts';
import { connection, untilOnline } from './graphql/connection.ts';
import { Shell } from './shell/Shell.tsx';

const loads: (() => Promise<unknown>)[] = [];

/** A route's code is loaded when it is first gone to. */
function page<Name extends string>(name: Name, load: () => Promise<Record<Name, Component>>) {
  loads.push(load);
  return lazy(async () => ({ default: (await insist(load))[name] }));
}

/**
 * While the server is away the page waits for it. A browser remembers that a module could not be fetched, so once the
 * server is back only a reload brings it: the address holds the place, the draft holds itself.
 */
async function insist<Module>(load: () => Promise<Module>): Promise<Module> {
  try {
    return await load();
  } catch (error) {
    if (connection() === 'online') throw error;
    await untilOnline();
    location.reload();
    return new Promise(() => undefined);
  }
}

const CharactersPage = page('CharactersPage', () => import('./characters/CharactersPage.tsx'));
const CharacterPage = page('CharacterPage', () => import('./characters/CharacterPage.tsx'));
const StartTrainingPage = page('StartTrainingPage', () => import('./training/StartTrainingPage.tsx'));
const TrainingPage = page('TrainingPage', () => import('./training/TrainingPage.tsx'));
const GeneratePage = page('GeneratePage', () => import('./generation/GeneratePage.tsx'));
const OutputsPage = page('OutputsPage', () => import('./outputs/OutputsPage.tsx'));
const OutputPage = page('OutputPage', () => import('./outputs/OutputPage.tsx'));
const QueuePage = page('QueuePage', () => import('./queue/QueuePage.tsx'));
const LorasPage = page('LorasPage', () => import('./loras/LorasPage.tsx'));
const VideoPage = page('VideoPage', () => import('./video/VideoPage.tsx'));
const NotFoundPage = page('NotFoundPage', () => import('./shell/NotFoundPage.tsx'));

const client = createClient();

/** Once the first page stands, the others are fetched too: then going there needs no server. */
function fetchOtherPages(): void {
  for (const load of loads) load().catch(() => undefined);
}

export function App() {
  onMount(() => void untilOnline().then(() => setTimeout(fetchOtherPages, 1_000)));
  return (
    <Provider value={client}>
      <Router root={Shell} scrollRestoration>
        <Route path="/" component={CharactersPage} />
        <Route path="/characters/:id" component={CharacterPage} />
        <Route path="/characters/:id/train" component={StartTrainingPage} />
        <Route path="/trainings/:id" component={TrainingPage} />
        <Route path="/generate" component={GeneratePage} />
        <Route path="/outputs" component={OutputsPage} />
        <Route path="/outputs/:id" component={OutputPage} />
        <Route path="/queue" component={QueuePage} />
        <Route path="/loras" component={LorasPage} />
        <Route path="/video" component={VideoPage} />
        <Route path="*" component={NotFoundPage} />
      </Router>
    </Provider>
  );
}
