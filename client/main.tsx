// Before anything that could write markup.
import './trusted-types.ts';
import './ui/base.css';
import { render } from 'solid-js/web';
import { App } from './App.tsx';
import { applyDensity } from './ui/density.ts';
import { applyTheme } from './ui/theme.ts';

applyTheme();
applyDensity();
const root = document.getElementById('app');
if (root !== null) render(() => <App />, root);
