/** The design tokens as canvases need them: plain colours read from the page at the moment of drawing. */
export interface ChartColors {
  ground: string;
  surface: string;
  line: string;
  lineStrong: string;
  text: string;
  muted: string;
  accent: string;
  up: string;
  down: string;
  /** Plots of strategies, in the order in which they are given out. */
  plots: string[];
  font: string;
}

/** Tokens of the colours of plots. */
export const PLOT_COLORS = [1, 2, 3, 4, 5, 6].map((number) => `--plot-${number}`);

export function chartColors(): ChartColors {
  const style = getComputedStyle(document.documentElement);
  const read = (name: string): string => resolve(style, name);
  return {
    ground: read('--ground'),
    surface: read('--surface'),
    line: read('--line'),
    lineStrong: read('--line-strong'),
    text: read('--text'),
    muted: read('--text-3'),
    accent: read('--accent'),
    up: read('--up'),
    down: read('--down'),
    plots: PLOT_COLORS.map(read),
    font: read('--font-sans'),
  };
}

function resolve(style: CSSStyleDeclaration, name: string): string {
  const value = style.getPropertyValue(name).trim();
  const inner = /^var\((--[\w-]+)\)$/.exec(value)?.[1];
  return inner ? resolve(style, inner) : value;
}

/** `#rgb` or `#rrggbb` with an opacity between 0 and 1. */
export function withAlpha(hex: string, alpha: number): string {
  const full = /^#[0-9a-f]{3}$/i.test(hex)
    ? `#${[...hex.slice(1)].map((digit) => digit + digit).join('')}`
    : hex;
  if (!/^#[0-9a-f]{6}$/i.test(full)) return hex;
  const part = Math.round(alpha * 255).toString(16);
  return full + part.padStart(2, '0');
}
