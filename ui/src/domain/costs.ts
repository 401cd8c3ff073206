import type { Metric } from './contract';

/** What a run paid, kind by kind, as its metrics say. */

export interface CostKind {
  metric: Metric;
  value: number;
  /** Part of everything paid, 0 to 1; null for money that came in. For the bar only. */
  share: number | null;
}

const PAID = ['total_commission', 'total_slippage', 'funding_paid', 'total_liquidation_fees'];
const RECEIVED = ['funding_received', 'total_insurance'];

export function costKinds(metrics: readonly Metric[]): CostKind[] {
  const rows = [...PAID, ...RECEIVED].flatMap((key) => {
    const metric = metrics.find((one) => one.key === key);
    return metric && metric.value !== null ? [{ metric, value: metric.value }] : [];
  });
  const isCost = ({ metric, value }: (typeof rows)[number]): boolean =>
    PAID.includes(metric.key) && value > 0;
  const paid = rows.filter(isCost).reduce((sum, { value }) => sum + value, 0);
  return rows.map((row) => ({ ...row, share: isCost(row) ? row.value / paid : null }));
}

/** Groups of metrics in the order of the contract; results of earlier versions have one without a name. */
export function metricGroups(metrics: readonly Metric[]): { name: string; metrics: Metric[] }[] {
  const groups = new Map<string, Metric[]>();
  for (const metric of metrics) {
    const group = groups.get(metric.group);
    if (group) group.push(metric);
    else groups.set(metric.group, [metric]);
  }
  return [...groups].map(([group, own]) => ({ name: GROUPS[group] ?? group, metrics: own }));
}

const GROUPS: Record<string, string> = {
  returns: 'Returns',
  risk: 'Risk',
  trades: 'Trades',
  costs: 'Costs',
  exposure: 'Exposure',
  long_short: 'Long and short',
};
