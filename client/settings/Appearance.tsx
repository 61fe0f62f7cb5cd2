import { openOverlay } from '../shell/overlay.ts';
import { ShortcutsSwitch } from '../shell/ShortcutsSwitch.tsx';
import { Button } from '../ui/Button.tsx';
import { Card } from '../ui/Card.tsx';
import { type Density, density, setDensity } from '../ui/density.ts';
import { SegmentedField } from '../ui/SegmentedField.tsx';
import { setTheme, type Theme, theme } from '../ui/theme.ts';
import settings from './Settings.module.css';

const THEMES: readonly { value: Theme; label: string }[] = [
  { value: 'system', label: 'As the system' },
  { value: 'dark', label: 'Dark' },
  { value: 'light', label: 'Light' },
];

const DENSITIES: readonly { value: Density; label: string }[] = [
  { value: 'comfortable', label: 'Comfortable' },
  { value: 'compact', label: 'Compact' },
];

/** How it looks and is used in this browser. */
export function Appearance() {
  return (
    <div class={settings.column}>
      <Card title="Looks" class={settings.spaced ?? ''}>
        <SegmentedField label="Theme" value={theme()} options={THEMES} onChange={setTheme} />
        <SegmentedField
          label="Density"
          help="Compact shows more on one screen. On a touch screen everything stays as large as fingers need."
          value={density()}
          options={DENSITIES}
          onChange={setDensity}
        />
      </Card>
      <Card title="Keyboard" class={settings.spaced ?? ''}>
        <ShortcutsSwitch />
        <div>
          <Button onClick={() => openOverlay('shortcuts')}>Show the shortcuts</Button>
        </div>
      </Card>
      <p class={settings.facts}>These choices stay in this browser.</p>
    </div>
  );
}
