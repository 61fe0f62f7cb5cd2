import { expect, test } from 'vitest';
import { isHarmless } from './trusted-types.ts';

const HARMLESS = [
  '<div>',
  '<p>Reconnecting…',
  '<a rel=external>',
  '<div><dt>GPU</dt><dd> % · <!> of <!> · <!> °C',
  '<img src=/icon.svg alt width=24 height=24>',
  '<input type=checkbox role=switch><p>',
  '<svg viewBox="0 0 20 20"aria-hidden=true><circle cx=10 cy=10 r=8></circle>',
  '<dd title="From the speed of this character\'s last training">',
  '<div data-tone=bad role=alert tabindex=-1>',
  '<p>a &lt;script&gt; is only text',
];

const HARMFUL = [
  '<script>alert(1)</script>',
  '<ScRiPt src=/a.js>',
  '<img src=x onerror=alert(1)>',
  '<img/onerror=alert(1)>',
  '<p onclick="go()">',
  '<p title="a"onclick=go()>',
  '<p title=">" onclick=go()>',
  '<a href=javascript:alert(1)>',
  '<a href="java\nscript:alert(1)">',
  '<a href=&#106;avascript:alert(1)>',
  '<a href=//elsewhere.example>',
  '<a href=https://elsewhere.example>',
  '<a href="/\t/elsewhere.example">',
  '<img src=https://elsewhere.example/pixel.png>',
  '<img srcset="https://elsewhere.example 2x">',
  '<iframe srcdoc="<script>alert(1)</script>">',
  '<iframe>',
  '<form action=https://elsewhere.example>',
  '<button formaction=javascript:alert(1)>',
  '<base href=/elsewhere>',
  '<meta http-equiv=refresh content=0>',
  '<link rel=stylesheet href=/a.css>',
  '<style>p{}</style>',
  '<p style=color:red>',
  '<object data=/a>',
  '<svg><use href=/a.svg></svg>',
  '<svg><a xlink:href=javascript:alert(1)></svg>',
  '<svg><animate attributeName=href to=javascript:alert(1)></svg>',
  '<math><mtext>',
  '<template><p></p></template>',
  '<!--><script>-->',
  '<p',
  'a < b',
];

test.each(HARMLESS)('markup as components have it is admitted: %s', (markup) => {
  expect(isHarmless(markup)).toBe(true);
});

test.each(HARMFUL)('what runs or leads elsewhere is not: %s', (markup) => {
  expect(isHarmless(markup)).toBe(false);
});

test('it takes no long time, whatever it is given', () => {
  for (const piece of ['<a ', '<p a', ' a=b', '<p title="', 'a-', '<<', '>"'])
    expect(isHarmless(`<p${piece.repeat(100_000)}`)).toBe(false);
});
