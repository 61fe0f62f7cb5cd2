import ChevronLeft from 'lucide-solid/icons/chevron-left';
import ChevronRight from 'lucide-solid/icons/chevron-right';
import ChevronsLeft from 'lucide-solid/icons/chevrons-left';
import { Show } from 'solid-js';
import type { Turning } from '../graphql/pager.ts';
import { Button } from '../ui/Button.tsx';
import styles from './QueuePage.module.css';

/** The way to the other pages; none where all is on one. */
export function PagerButtons(props: {
  pager: Turning;
  /** Which part is shown, such as `51–100 of 2,000`. */
  what: string;
  /** The focus goes to what was turned, because the button may be gone then. */
  onTurn: () => void;
}) {
  const turn = (how: () => void) => () => {
    how();
    props.onTurn();
  };
  return (
    <Show when={props.pager.index() > 0 || props.pager.hasNext()}>
      <nav class={styles.pager} aria-label={`Pages: ${props.what}`}>
        <span class="muted numbers">{props.what}</span>
        <Button
          kind="quiet"
          size="small"
          icon={ChevronsLeft}
          label="First page"
          disabled={props.pager.index() === 0}
          onClick={turn(props.pager.toFirst)}
        />
        <Button
          kind="quiet"
          size="small"
          icon={ChevronLeft}
          label="Previous page"
          disabled={props.pager.index() === 0}
          onClick={turn(props.pager.previous)}
        />
        <Button
          kind="quiet"
          size="small"
          icon={ChevronRight}
          label="Next page"
          disabled={!props.pager.hasNext()}
          onClick={turn(props.pager.next)}
        />
      </nav>
    </Show>
  );
}
