import { For } from 'solid-js';
import styles from './AspectPicker.module.css';
import { type Aspect, QUALITIES, shapeOf, sizeOf } from './aspect.ts';

const SHAPE = 26;

/** Shapes drawn to scale, and how finely they are made. */
export function AspectPicker(props: {
  aspects: readonly Aspect[];
  aspect: string;
  quality: number;
  onAspect: (name: string) => void;
  onQuality: (quality: number) => void;
}) {
  const chosen = () => props.aspects.find((aspect) => aspect.name === props.aspect);
  const size = () => {
    const aspect = chosen();
    return aspect === undefined ? undefined : sizeOf(aspect, props.quality);
  };
  return (
    <div class={styles.picker}>
      <fieldset class={styles.shapes}>
        <legend class={styles.legend}>
          Shape{' '}
          <span class={`${styles.size} numbers`}>
            {size()?.width} × {size()?.height} px
          </span>
        </legend>
        <For each={props.aspects}>
          {(aspect) => {
            const shape = shapeOf(aspect, SHAPE);
            return (
              <label class={styles.option}>
                <input
                  class="srOnly"
                  type="radio"
                  name="aspect"
                  checked={props.aspect === aspect.name}
                  onChange={() => props.onAspect(aspect.name)}
                />
                <span class={styles.frame} aria-hidden="true">
                  <span
                    class={styles.shape}
                    style={{ width: `${shape.width}px`, height: `${shape.height}px` }}
                  />
                </span>
                <span class={`${styles.name} numbers`}>{aspect.name}</span>
              </label>
            );
          }}
        </For>
      </fieldset>
      <fieldset class={styles.qualities}>
        <legend class="srOnly">Quality</legend>
        <For each={QUALITIES}>
          {(quality) => (
            <label class={styles.quality}>
              <input
                class="srOnly"
                type="radio"
                name="quality"
                checked={props.quality === quality.value}
                onChange={() => props.onQuality(quality.value)}
              />
              {quality.label} <span class="muted numbers">× {quality.value}</span>
            </label>
          )}
        </For>
      </fieldset>
    </div>
  );
}
