import { useNavigate, useParams } from '@solidjs/router';
import { createMemo, type JSX, Show } from 'solid-js';
import { Forbidden, NotFound } from '../ui/ErrorState.tsx';
import { Page } from '../ui/Page.tsx';
import { Tabs } from '../ui/Tabs.tsx';
import { About } from './About.tsx';
import { AccountSettings } from './AccountSettings.tsx';
import { ApiKeys } from './ApiKeys.tsx';
import { Appearance } from './Appearance.tsx';
import { AuditLog } from './AuditLog.tsx';
import { Models } from './Models.tsx';
import { People } from './People.tsx';
import { Storage } from './Storage.tsx';
import { openSettingsTabs, SETTINGS_TABS, type SettingsTab, type SettingsTabName } from './tabs.ts';

const CONTENT: Record<SettingsTabName, () => JSX.Element> = {
  account: () => <AccountSettings />,
  appearance: () => <Appearance />,
  models: () => <Models />,
  storage: () => <Storage />,
  keys: () => <ApiKeys />,
  people: () => <People />,
  audit: () => <AuditLog />,
  about: () => <About />,
};

/** `/settings/{tab}`. */
export function SettingsPage() {
  const params = useParams<{ tab?: string }>();
  const navigate = useNavigate();
  const tabs = createMemo(() => openSettingsTabs().map((tab) => ({ ...tab, content: CONTENT[tab.value] })));
  const first = () => tabs()[0]?.value ?? '';
  const current = () => params.tab ?? first();
  const isThere = () => tabs().some((tab) => tab.value === current());
  const closed = () => {
    const tab: SettingsTab | undefined = SETTINGS_TABS.find(({ value }) => value === current());
    return tab?.closed?.();
  };
  return (
    <Page title="Settings">
      <Show
        when={isThere()}
        fallback={
          <Show
            when={closed()}
            fallback={<NotFound what="settings page" href="/settings" back="To the settings" />}
          >
            {(why) => <Forbidden message={why()} />}
          </Show>
        }
      >
        <Tabs
          label="Settings"
          value={current()}
          tabs={tabs()}
          onChange={(tab) => navigate(tab === first() ? '/settings' : `/settings/${tab}`, { replace: true })}
        />
      </Show>
    </Page>
  );
}
