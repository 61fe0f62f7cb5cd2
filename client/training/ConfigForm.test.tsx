import { fireEvent, render } from '@solidjs/testing-library';
import { createSignal } from 'solid-js';
import { createStore } from 'solid-js/store';
import { expect, test } from 'vitest';
import { makeFragmentData } from '../gql/index.ts';
import { ParameterFields } from '../parameters/ParameterField.tsx';
import { ConfigForm } from './ConfigForm.tsx';

const number = (name: string, label: string, more: object) =>
  makeFragmentData(
    {
      __typename: 'NumberParameter',
      name,
      label,
      description: `${label} explained.`,
      group: 'Learning',
      isAdvanced: false,
      unit: 'steps',
      unsupported: null,
      isInteger: true,
      minimum: 1,
      maximum: 100,
      step: null,
      defaultNumber: 10,
      ...more,
    },
    ParameterFields,
  );

test('a field is drawn as the engine describes it, and says what is wrong where it is wrong', () => {
  const [texts, setTexts] = createStore<Record<string, string>>({
    steps: '10',
    warmup: '10',
    batchSize: '10',
  });
  const [changed, setChanged] = createSignal<string[]>([]);
  const { getByLabelText, getByText, queryByText, getByRole } = render(() => (
    <ConfigForm
      parameters={[
        number('steps', 'Steps', {}),
        number('warmup', 'Warm-up', { isAdvanced: true }),
        number('batchSize', 'Batch size', { unsupported: 'One photo at a time.' }),
      ]}
      texts={texts}
      changed={changed()}
      onInput={(name, text) => {
        setTexts(name, text);
        setChanged([name]);
      }}
      onReset={(name) => {
        setTexts(name, '10');
        setChanged([]);
      }}
    />
  ));
  const steps = getByLabelText('Steps');
  fireEvent.input(steps, { target: { value: '101' } });
  expect(getByText('The most is 100.').id).toBe(steps.getAttribute('aria-describedby'));
  expect(steps.getAttribute('aria-invalid')).toBe('true');
  fireEvent.click(getByRole('button', { name: 'Put Steps back to the preset' }));
  expect(queryByText('The most is 100.')).toBeNull();
  expect(getByLabelText('Batch size').matches(':disabled')).toBe(true);
  expect(getByText('One photo at a time.')).toBeTruthy();
  expect(getByLabelText('Warm-up').closest('details')?.open).toBe(false);
});
