import Images from 'lucide-solid/icons/images';
import Layers from 'lucide-solid/icons/layers';
import ListOrdered from 'lucide-solid/icons/list-ordered';
import Settings from 'lucide-solid/icons/settings';
import Sparkles from 'lucide-solid/icons/sparkles';
import Users from 'lucide-solid/icons/users';
import type { IconType } from '../ui/Button.tsx';

export type Place = {
  href: string;
  label: string;
  icon: IconType;
  /** The two keys that go there. */
  keys: string;
  /** What else lies within it: beginnings of paths. */
  also: readonly string[];
};

/** Where one goes to. */
export const PLACES: readonly Place[] = [
  { href: '/', label: 'Characters', icon: Users, keys: 'g c', also: ['/characters', '/trainings'] },
  { href: '/generate', label: 'Generate', icon: Sparkles, keys: 'g g', also: [] },
  { href: '/outputs', label: 'Gallery', icon: Images, keys: 'g a', also: [] },
  { href: '/loras', label: 'LoRAs', icon: Layers, keys: 'g l', also: [] },
  { href: '/queue', label: 'Queue', icon: ListOrdered, keys: 'g q', also: ['/workers'] },
];

export const SETTINGS: Place = {
  href: '/settings',
  label: 'Settings',
  icon: Settings,
  keys: 'g s',
  also: [],
};

export function isWithin(place: Place, path: string): boolean {
  const within = [place.href, ...place.also].some((start) => start !== '/' && path.startsWith(start));
  return within || path === place.href;
}
