import { Route, Router } from '@solidjs/router';
import { lazy, onMount } from 'solid-js';
import { Gate } from './access/Gate.tsx';
import { untilOnline } from './graphql/connection.ts';
import { fetchOtherPages, lazyPage } from './lazy-page.ts';

const CharactersPage = lazyPage('CharactersPage', () => import('./characters/CharactersPage.tsx'));
const CharacterPage = lazyPage('CharacterPage', () => import('./characters/CharacterPage.tsx'));
const StartTrainingPage = lazyPage('StartTrainingPage', () => import('./training/StartTrainingPage.tsx'));
const TrainingPage = lazyPage('TrainingPage', () => import('./training/TrainingPage.tsx'));
const GeneratePage = lazyPage('GeneratePage', () => import('./generation/GeneratePage.tsx'));
const OutputsPage = lazyPage('OutputsPage', () => import('./outputs/OutputsPage.tsx'));
const OutputPage = lazyPage('OutputPage', () => import('./outputs/OutputPage.tsx'));
const ComparePage = lazyPage('ComparePage', () => import('./outputs/ComparePage.tsx'));
const QueuePage = lazyPage('QueuePage', () => import('./queue/QueuePage.tsx'));
const WorkersPage = lazyPage('WorkersPage', () => import('./workers/WorkersPage.tsx'));
const LorasPage = lazyPage('LorasPage', () => import('./loras/LorasPage.tsx'));
const VideoPage = lazyPage('VideoPage', () => import('./video/VideoPage.tsx'));
const SettingsPage = lazyPage('SettingsPage', () => import('./settings/SettingsPage.tsx'));
const NotFoundPage = lazyPage('NotFoundPage', () => import('./shell/NotFoundPage.tsx'));

// Whoever is not in has no socket, from which one would know when the server is back.
const SignInPage = lazy(async () => ({ default: (await import('./access/SignInPage.tsx')).SignInPage }));
const LinkPage = lazy(async () => ({ default: (await import('./access/LinkPage.tsx')).LinkPage }));

export function App() {
  onMount(() => void untilOnline().then(() => setTimeout(fetchOtherPages, 1_000)));
  return (
    <Router root={Gate} scrollRestoration>
      <Route path="/sign-in" component={SignInPage} />
      <Route path={['/set-up', '/join']} component={LinkPage} />
      <Route path="/" component={CharactersPage} />
      <Route path="/characters/:id" component={CharacterPage} />
      <Route path="/characters/:id/train" component={StartTrainingPage} />
      <Route path="/trainings/:id" component={TrainingPage} />
      <Route path="/generate" component={GeneratePage} />
      <Route path="/outputs" component={OutputsPage} />
      <Route path="/outputs/compare" component={ComparePage} />
      <Route path="/outputs/:id" component={OutputPage} />
      <Route path="/queue" component={QueuePage} />
      <Route path="/workers" component={WorkersPage} />
      <Route path="/loras" component={LorasPage} />
      <Route path="/video" component={VideoPage} />
      <Route path="/settings/:tab?" component={SettingsPage} />
      <Route path="*" component={NotFoundPage} />
    </Router>
  );
}
