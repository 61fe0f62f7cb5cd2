import BookOpen from 'lucide-solid/icons/book-open';
import Boxes from 'lucide-solid/icons/boxes';
import Clapperboard from 'lucide-solid/icons/clapperboard';
import Keyboard from 'lucide-solid/icons/keyboard';
import LogOut from 'lucide-solid/icons/log-out';
import Moon from 'lucide-solid/icons/moon';
import Plus from 'lucide-solid/icons/plus';
import Rows3 from 'lucide-solid/icons/rows-3';
import Rows4 from 'lucide-solid/icons/rows-4';
import Sparkles from 'lucide-solid/icons/sparkles';
import Sun from 'lucide-solid/icons/sun';
import SunMoon from 'lucide-solid/icons/sun-moon';
import Upload from 'lucide-solid/icons/upload';
import { can, user } from '../access/access.ts';
import { signOut } from '../access/door.ts';
import { openSettingsTabs } from '../settings/tabs.ts';
import { openOverlay } from '../shell/overlay.ts';
import { PLACES, SETTINGS } from '../shell/places.ts';
import { density, setDensity } from '../ui/density.ts';
import { setTheme, theme } from '../ui/theme.ts';
import type { Entry } from './entry.ts';

const WORDS: Record<string, string> = {
  '/': 'home people',
  '/generate': 'images pictures prompt',
  '/outputs': 'images outputs pictures',
  '/loras': 'models weights',
  '/queue': 'jobs running waiting failed',
};

/** Where one can go and what one can do, whatever is in the studio. For who may do it. */
export function studioEntries(): Entry[] {
  return [...places(), ...actions(), ...appearance()];
}

function places(): Entry[] {
  const group = 'Go to';
  return [
    ...[...PLACES, SETTINGS].map(({ href, label, icon, keys }) => ({
      id: href,
      group,
      label,
      icon,
      keys,
      href,
      words: WORDS[href] ?? '',
    })),
    ...openSettingsTabs().map(({ value, label, words }) => ({
      id: `/settings/${value}`,
      group,
      label: `Settings: ${label}`,
      icon: SETTINGS.icon,
      href: `/settings/${value}`,
      words: words ?? '',
      isHidden: true,
    })),
    {
      id: '/video',
      group,
      label: 'Video',
      note: 'in development',
      icon: Clapperboard,
      href: '/video',
      isHidden: true,
    },
    {
      id: 'playground',
      group,
      label: 'API playground',
      icon: BookOpen,
      href: '/graphql',
      isExternal: true,
      words: 'graphql graphiql',
      isHidden: true,
    },
  ];
}

function actions(): Entry[] {
  const group = 'Do';
  const all: (Entry & { isOpen?: boolean })[] = [
    {
      id: 'new-character',
      group,
      label: 'New character',
      icon: Plus,
      href: '/?new=1',
      words: 'create add',
      isOpen: can('WRITE_CHARACTERS'),
    },
    {
      id: 'generate',
      group,
      label: 'Generate images',
      icon: Sparkles,
      href: '/generate',
      words: 'make create pictures',
      isOpen: can('WRITE_JOBS'),
    },
    {
      id: 'upload-lora',
      group,
      label: 'Upload a LoRA',
      icon: Upload,
      href: '/loras?upload=1',
      words: 'add safetensors',
      isOpen: can('WRITE_LORAS'),
    },
    {
      id: 'models',
      group,
      label: 'Download models',
      icon: Boxes,
      href: '/settings/models',
      words: 'get weights',
      isOpen: can('ADMIN'),
      isHidden: true,
    },
    {
      id: 'shortcuts',
      group,
      label: 'Show the keyboard shortcuts',
      icon: Keyboard,
      keys: '?',
      words: 'help keys',
      run: () => openOverlay('shortcuts'),
    },
    {
      id: 'sign-out',
      group,
      label: 'Sign out',
      icon: LogOut,
      words: 'log out leave',
      run: () => void signOut(),
      isOpen: user() !== undefined,
      isHidden: true,
    },
  ];
  return all.filter(({ isOpen }) => isOpen !== false);
}

function appearance(): Entry[] {
  const group = 'Appearance';
  const themes = [
    { value: 'dark', label: 'Use the dark theme', icon: Moon },
    { value: 'light', label: 'Use the light theme', icon: Sun },
    { value: 'system', label: 'Use the theme of the system', icon: SunMoon },
  ] as const;
  const densities = [
    { value: 'compact', label: 'Use compact density', icon: Rows4 },
    { value: 'comfortable', label: 'Use comfortable density', icon: Rows3 },
  ] as const;
  return [
    ...themes
      .filter(({ value }) => value !== theme())
      .map(({ value, label, icon }) => ({ id: value, label, icon, run: () => setTheme(value) })),
    ...densities
      .filter(({ value }) => value !== density())
      .map(({ value, label, icon }) => ({ id: value, label, icon, run: () => setDensity(value) })),
  ].map((entry) => ({ ...entry, group, isHidden: true }));
}
