import type { Notice } from './contract';

/** Code of the notice that a strategy was stopped at an error. */
const STOPPED = 'STRATEGY_STOPPED';

/** Events of the whole account, the gravest first. */
const TITLES: Record<string, string> = {
  [STOPPED]: 'The strategy was stopped',
  DEPLETED: 'The account stopped trading',
  LIQUIDATED: 'Liquidated',
  LOCKED: 'Entries were locked',
};

export function noticeTitle({ code, symbol }: Notice): string {
  const title = TITLES[code] ?? code;
  return symbol === null ? title : `${title} (${symbol})`;
}

/** Strategies that were stopped, whose results end before the run does; and everything else. */
export function partedNotices(notices: readonly Notice[]): { stopped: Notice[]; others: Notice[] } {
  return {
    stopped: notices.filter(({ code }) => code === STOPPED),
    others: notices.filter(({ code }) => code !== STOPPED),
  };
}

/** The notice to show first: the end of the account, then liquidations, then locks, lasting ones before others. */
export function leadNotice(notices: readonly Notice[]): Notice | undefined {
  const known = Object.keys(TITLES);
  const rank = ({ code, until }: Notice): number =>
    (known.includes(code) ? known.indexOf(code) : known.length) +
    (code === 'LOCKED' && until !== null ? 0.5 : 0);
  return notices.toSorted((left, right) => rank(left) - rank(right))[0];
}
