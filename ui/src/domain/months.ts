import type { MonthResult } from './contract';

/** The months of a run by calendar years. */
export interface YearRow {
  year: string;
  /** January to December; null where the run was not there. */
  months: (MonthResult | null)[];
}

export const MONTH_NAMES = [
  'Jan',
  'Feb',
  'Mar',
  'Apr',
  'May',
  'Jun',
  'Jul',
  'Aug',
  'Sep',
  'Oct',
  'Nov',
  'Dec',
];

export function yearRows(months: readonly MonthResult[]): YearRow[] {
  const rows = new Map<string, (MonthResult | null)[]>();
  for (const month of months) {
    const [year = '', number = '1'] = month.month.split('-');
    const row = rows.get(year) ?? Array.from({ length: 12 }, () => null);
    row[Number(number) - 1] = month;
    rows.set(year, row);
  }
  return [...rows].map(([year, own]) => ({ year, months: own }));
}

/** Strength of a cell's colour, 0 to 1, against the largest move of any month. */
export function heatOf(month: MonthResult, months: readonly MonthResult[]): number {
  const most = Math.max(...months.map((one) => Math.abs(one.return_fraction ?? 0)));
  return most > 0 ? Math.abs(month.return_fraction ?? 0) / most : 0;
}
