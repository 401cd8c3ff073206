import type { Market } from './contract';

/** What a file name tells about its content, to pre-fill the import panel; the user always sees and may change it. */
export interface FileGuess {
  symbol: string | null;
  market: Market | null;
}

const QUOTES = 'USDT|USDC|BUSD|FDUSD|TUSD|BTC|ETH|BNB|EUR|TRY';
const SYMBOL = new RegExp(`(?:^|[^A-Z0-9])([A-Z0-9]{2,15}(?:${QUOTES}))(?=$|[^A-Z0-9])`);

export function guessFromName(path: string): FileGuess {
  const name = path.split(/[\\/]/).pop() ?? '';
  const symbol = SYMBOL.exec(name.toUpperCase().replaceAll('_', '-'))?.[1] ?? null;
  const lower = path.toLowerCase();
  const market = /(^|[^a-z])spot([^a-z]|$)/.test(lower)
    ? 'spot'
    : /(^|[^a-z])(um|futures|perp|usdm)([^a-z]|$)/.test(lower)
      ? 'um'
      : null;
  return { symbol, market };
}

/** The guess for several files: a value only where no two files disagree. */
export function guessFromNames(paths: readonly string[]): FileGuess {
  const guesses = paths.map(guessFromName);
  return { symbol: agreed(guesses.map((g) => g.symbol)), market: agreed(guesses.map((g) => g.market)) };
}

function agreed<T>(values: readonly (T | null)[]): T | null {
  const known = new Set(values.filter((value) => value !== null));
  return known.size === 1 ? (known.values().next().value ?? null) : null;
}

export function looksImportable(name: string): boolean {
  return /\.(csv|csv\.gz|gz|zip)$/i.test(name);
}
