import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const source = readFileSync('src/shared/styles/tokens.css', 'utf8');

/** The plain hex colours of a theme, over all its blocks. */
function coloursOf(theme: 'dark' | 'light'): Map<string, string> {
  const blocks = source.matchAll(new RegExp(`\\[data-theme='${theme}'\\] \\{([^}]*)\\}`, 'g'));
  const pairs = [...blocks].flatMap((block) => [
    ...(block[1] ?? '').matchAll(/--([\w-]+): (#[0-9a-f]{3,6});/gi),
  ]);
  return new Map(pairs.map(([, name = '', value = '']) => [name, value]));
}

function luminance(hex: string): number {
  const full = hex.length === 4 ? [...hex.slice(1)].map((digit) => digit + digit).join('') : hex.slice(1);
  const [red = 0, green = 0, blue = 0] = [0, 2, 4].map((at) => {
    const part = Number.parseInt(full.slice(at, at + 2), 16) / 255;
    return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [low = 0, high = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

const TEXTS = [
  'text',
  'text-2',
  'text-3',
  'accent',
  'warn',
  'bad',
  'good',
  'synthetic',
  'venue',
  'green',
  'red',
  'blue',
  'orange',
  ...[1, 2, 3, 4, 5, 6].map((number) => `plot-${number}`),
];
const GROUNDS = ['ground', 'surface', 'surface-2'];

describe.each(['dark', 'light'] as const)('the %s theme', (theme) => {
  const colours = coloursOf(theme);
  const pairs = TEXTS.flatMap((text) => GROUNDS.map((ground) => [text, ground] as const));

  it.each(pairs)('%s can be read on %s', (text, ground) => {
    expect(contrast(colours.get(text) ?? '#000', colours.get(ground) ?? '#000')).toBeGreaterThanOrEqual(4.5);
  });

  it.each(['accent-solid', 'bad-solid'])('white can be read on %s', (name) => {
    expect(contrast('#fff', colours.get(name) ?? '#fff')).toBeGreaterThanOrEqual(4.5);
  });
});
