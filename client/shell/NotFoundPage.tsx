import { NotFound } from '../ui/ErrorState.tsx';
import { Page } from '../ui/Page.tsx';

export function NotFoundPage() {
  return (
    <Page title="Not found">
      <NotFound what="page" href="/" back="To the characters" />
    </Page>
  );
}
