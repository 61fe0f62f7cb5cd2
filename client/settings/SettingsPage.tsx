import { useNavigate, useParams } from '@solidjs/router';
import { createMemo, type JSX, Show } from 'solid-js';
import { can, user } from '../access/access.ts';
import { whyForbidden } from '../access/words.ts';
import { Card } from '../ui/Card.tsx';
import { Forbidden, NotFound } from '../ui/ErrorState.tsx';
import { Page } from '../ui/Page.tsx';
import { Tabs } from '../ui/Tabs.tsx';
import { AccountSettings } from './AccountSettings.tsx';
import { ApiKeys } from './ApiKeys.tsx';
import { Appearance } from './Appearance.tsx';
import { AuditLog } from './AuditLog.tsx';
import { Models } from './Models.tsx';
import { People } from './People.tsx';
import styles from './Settings.module.css';

type Tab = {
  value: string;
  label: string;
  isOpen: () => boolean;
  /** Why it is not. */
  closed?: () => string | undefined;
  content: () => JSX.Element;
};

const hasAccount = () => user() !== undefined;

const TABS: readonly Tab[] = [
  { value: 'account', label: 'Account', isOpen: hasAccount, content: () => <AccountSettings /> },
  { value: 'general', label: 'General', isOpen: () => !hasAccount(), content: () => <WithoutAccounts /> },
  { value: 'models', label: 'Models', isOpen: () => true, content: () => <Models /> },
  { value: 'keys', label: 'API keys', isOpen: hasAccount, content: () => <ApiKeys /> },
  {
    value: 'people',
    label: 'People',
    isOpen: () => user()?.role === 'OWNER',
    closed: () => (hasAccount() ? 'Only owners see who may use the studio, and decide it.' : undefined),
    content: () => <People />,
  },
  {
    value: 'audit',
    label: 'Audit',
    isOpen: () => can('ADMIN'),
    closed: () => whyForbidden(['admin'], user()?.role),
    content: () => <AuditLog />,
  },
];

/** `/settings/{tab}`. There are the tabs that are of use to whoever looks. */
export function SettingsPage() {
  const params = useParams<{ tab?: string }>();
  const navigate = useNavigate();
  const tabs = createMemo(() => TABS.filter((tab) => tab.isOpen()));
  const first = () => tabs()[0]?.value ?? '';
  const current = () => params.tab ?? first();
  const isThere = () => tabs().some((tab) => tab.value === current());
  const closed = () => TABS.find((tab) => tab.value === current())?.closed?.();
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

function WithoutAccounts() {
  return (
    <div class={styles.column}>
      <Card title="Access">
        <p>
          Accounts are switched off (<code>ISENGARD_AUTH=off</code>): whoever reaches this server may do
          everything, without signing in.
        </p>
      </Card>
      <Appearance />
    </div>
  );
}
