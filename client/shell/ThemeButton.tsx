import Moon from 'lucide-solid/icons/moon';
import Sun from 'lucide-solid/icons/sun';
import SunMoon from 'lucide-solid/icons/sun-moon';
import { Button } from '../ui/Button.tsx';
import { setTheme, type Theme, theme } from '../ui/theme.ts';

const NEXT: Record<Theme, Theme> = { system: 'light', light: 'dark', dark: 'system' };
const ICON = { system: SunMoon, light: Sun, dark: Moon };

export function ThemeButton() {
  return (
    <Button
      kind="quiet"
      size="small"
      icon={ICON[theme()]}
      label={`Theme: ${theme()}. Switch to ${NEXT[theme()]}`}
      onClick={() => setTheme(NEXT[theme()])}
    />
  );
}
