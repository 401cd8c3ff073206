/** Reads a decimal number as people type it; `NaN` for anything else. */
export function readNumber(text: string): number {
  const plain = text.trim().replaceAll(/[\s_]/g, '');
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(plain) ? Number(plain) : Number.NaN;
}
