import Clapperboard from 'lucide-solid/icons/clapperboard';
import { graphql } from '../gql/index.ts';
import { Loaded } from '../graphql/Loaded.tsx';
import { createPageQuery } from '../graphql/query.ts';
import { LinkButton } from '../ui/Button.tsx';
import { EmptyState } from '../ui/EmptyState.tsx';
import { Page } from '../ui/Page.tsx';
import { PageSkeleton } from '../ui/Skeleton.tsx';

const VideoQuery = graphql(`
  query VideoPage {
    capabilities { video { unsupported } }
  }
`);

export function VideoPage() {
  const query = createPageQuery(VideoQuery, () => ({}));
  return (
    <Page title="Video">
      <Loaded query={query} skeleton={<PageSkeleton />}>
        {(data) => (
          <EmptyState
            icon={Clapperboard}
            title="No video yet"
            actions={<LinkButton href="/generate">Generate images</LinkButton>}
          >
            {data().capabilities.video.unsupported}
          </EmptyState>
        )}
      </Loaded>
    </Page>
  );
}
