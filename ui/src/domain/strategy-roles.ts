import type { Role, StrategyInfo } from './contract';
import type { TimeframeRole } from './backtest-draft';
import { byLength } from './timeframe';

/** What is proposed for a role, the usual choices first. */
const USUAL: Record<Role, readonly string[]> = {
  LTF: ['5m', '15m', '1h', '1m', '30m', '4h', '1d'],
  HTF: ['1h', '4h', '1d', '15m', '1w'],
};

type Roles = Pick<StrategyInfo, 'required_roles' | 'role_constraints'>;

/** Whether a timeframe lies within the limits that a strategy sets for a role. */
export function accepts(strategy: Roles, role: Role, timeframe: string): boolean {
  const limits = strategy.role_constraints.find((one) => one.role === role);
  const { min_timeframe: min = null, max_timeframe: max = null } = limits ?? {};
  return (min === null || byLength(timeframe, min) >= 0) && (max === null || byLength(timeframe, max) <= 0);
}

/** The limits of a role in words, such as `1h to 1d`; empty when there are none. */
export function limitsOf(strategy: Roles, role: Role): string {
  const limits = strategy.role_constraints.find((one) => one.role === role);
  const { min_timeframe: min = null, max_timeframe: max = null } = limits ?? {};
  if (min !== null && max !== null) return min === max ? min : `${min} to ${max}`;
  if (min !== null) return `from ${min}`;
  return max === null ? '' : `up to ${max}`;
}

/**
 * The rows of the form for a strategy: those that are there if it can run with them, else a row for each role that it
 * needs, from what is available. Where nothing fits the rows stay, and the form says what is missing.
 */
export function rowsFor(
  strategy: Roles,
  rows: readonly TimeframeRole[],
  available: readonly string[],
): TimeframeRole[] {
  const needed: readonly Role[] = strategy.required_roles.length > 0 ? strategy.required_roles : ['LTF'];
  const fits =
    needed.every((role) => rows.some((row) => row.role === role)) &&
    rows.every((row) => needed.includes(row.role) && accepts(strategy, row.role, row.timeframe));
  if (fits) return [...rows];
  const pick = (role: Role, isFree: (timeframe: string) => boolean): string | undefined => {
    const own = rows.filter((row) => row.role === role).map((row) => row.timeframe);
    const candidates = [...own, ...USUAL[role], ...available];
    return candidates.find((one) => available.includes(one) && accepts(strategy, role, one) && isFree(one));
  };
  const proposed: TimeframeRole[] = [];
  let shortest = '';
  for (const role of needed.toSorted((left, right) => ORDER[left] - ORDER[right])) {
    const timeframe = pick(role, (one) => shortest === '' || byLength(one, shortest) > 0);
    if (timeframe === undefined) return [...rows];
    shortest = timeframe;
    proposed.push({ timeframe, role });
  }
  return proposed;
}

/** The lower timeframe first. */
const ORDER: Record<Role, number> = { LTF: 0, HTF: 1 };
