import Download from 'lucide-solid/icons/download';
import Flame from 'lucide-solid/icons/flame';
import Sparkles from 'lucide-solid/icons/sparkles';
import { Dynamic } from 'solid-js/web';
import type { JobKind } from '../gql/graphql.ts';

const LOOK = {
  TRAINING: { icon: Flame, word: 'Training' },
  GENERATION: { icon: Sparkles, word: 'Generation' },
  DOWNLOAD: { icon: Download, word: 'Download' },
} as const;

export function KindIcon(props: { kind: JobKind }) {
  const look = () => LOOK[props.kind];
  return <Dynamic component={look().icon} size={16} role="img" aria-label={look().word} />;
}
