import styles from './NoWorker.module.css';

/** What to do when nobody works. */
export function NoWorker() {
  return (
    <div class={styles.none}>
      <p>
        <strong>No worker runs.</strong> What is started now waits until one does.
      </p>
      <p>
        <code>npm start</code> runs workers beside the server. On another machine with the same database and
        volume, start one with <code>node server/worker.ts</code>, as docs/engines.md says.
      </p>
    </div>
  );
}
