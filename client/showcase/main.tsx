import '../ui/base.css';
import { Route, Router } from '@solidjs/router';
import { render } from 'solid-js/web';
import { AllLooks } from './AllLooks.tsx';
import { Showcase } from './Showcase.tsx';

/**
 * `/ui` of `npm run dev`: every component of `client/ui/` in its states, which needs no server. `?theme=light&density=compact` is one
 * look; without, all four stand side by side. It is a page of its own, which the build does not know.
 */
const look = new URLSearchParams(location.search);
const theme = look.get('theme');
const root = document.getElementById('app');

document.documentElement.classList.toggle('dark', theme !== 'light');
document.documentElement.dataset.density = look.get('density') ?? 'comfortable';

if (root !== null)
  render(
    () => (
      <Router>
        <Route path="*" component={theme === null ? AllLooks : Showcase} />
      </Router>
    ),
    root,
  );
