import { Page } from '../ui/Page.tsx';
import { Toasts } from '../ui/Toasts.tsx';
import { Tooltip } from '../ui/Tooltip.tsx';
import { Controls } from './Controls.tsx';
import { Data } from './Data.tsx';
import { Fields } from './Fields.tsx';
import { OnTop } from './OnTop.tsx';
import { Pictures } from './Pictures.tsx';
import styles from './Showcase.module.css';
import { States } from './States.tsx';
import { Tokens } from './Tokens.tsx';

export function Showcase() {
  return (
    <main>
      <Page title="Components" crumbs={[{ label: 'Design', href: '/ui' }]}>
        <div class={styles.sections}>
          <Tokens />
          <Controls />
          <Fields />
          <States />
          <Data />
          <Pictures />
          <OnTop />
        </div>
      </Page>
      <Toasts />
      <Tooltip />
    </main>
  );
}
