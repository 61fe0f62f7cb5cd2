import { SwitchField } from '../ui/Field.tsx';
import { setSingleKeys, singleKeys } from './shortcuts.ts';

export function ShortcutsSwitch() {
  return (
    <SwitchField
      label="Shortcuts of one or two letters"
      help="Switch them off when you speak to your computer, or press keys by accident. Those with Ctrl or Cmd stay."
      checked={singleKeys() === 'on'}
      onChange={(isOn) => setSingleKeys(isOn ? 'on' : 'off')}
    />
  );
}
