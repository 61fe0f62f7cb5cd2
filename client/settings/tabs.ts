import { can, user } from '../access/access.ts';
import { whyForbidden } from '../access/words.ts';

export type SettingsTab = {
  /** What comes behind `/settings/`. */
  value: string;
  label: string;
  /** Other words by which somebody may look for it. */
  words?: string;
  isOpen: () => boolean;
  /** Why it is not. */
  closed?: () => string | undefined;
};

const hasAccount = () => user() !== undefined;
const forAdmins = { isOpen: () => can('ADMIN'), closed: () => whyForbidden(['admin'], user()?.role) };

export const SETTINGS_TABS = [
  { value: 'account', label: 'Account', words: 'password sessions sign in', isOpen: hasAccount },
  {
    value: 'appearance',
    label: 'Appearance',
    words: 'theme dark light density compact shortcuts keyboard',
    isOpen: () => true,
  },
  { value: 'models', label: 'Models', words: 'download weights', isOpen: () => true },
  {
    value: 'storage',
    label: 'Storage',
    words: 'disk space volume quota consistency check files',
    ...forAdmins,
  },
  { value: 'keys', label: 'API keys', words: 'tokens programs', isOpen: hasAccount },
  {
    value: 'people',
    label: 'People',
    words: 'users invite roles',
    isOpen: () => user()?.role === 'OWNER',
    closed: () => (hasAccount() ? 'Only owners see who may use the studio, and decide it.' : undefined),
  },
  { value: 'audit', label: 'Audit', words: 'log changes history', ...forAdmins },
  {
    value: 'about',
    label: 'About',
    words: 'version engines licences accounts mode',
    isOpen: () => true,
  },
] as const satisfies readonly SettingsTab[];

export type SettingsTabName = (typeof SETTINGS_TABS)[number]['value'];

/** Those that are of use to whoever looks. */
export const openSettingsTabs = (): readonly (SettingsTab & { value: SettingsTabName })[] =>
  SETTINGS_TABS.filter((tab) => tab.isOpen());
