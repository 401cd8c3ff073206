import type { BacktestResult, InstrumentResult } from '../../domain/contract';
import { formatInteger } from '../../domain/number-format';

/** What each instrument of a run was traded on, one sentence each. */
export function venueWords({ instruments }: BacktestResult): string[] {
  return instruments.map((one) => {
    const mark = one.mark === null ? 'last prices stand in for mark prices' : `mark prices ${one.mark}`;
    const finer = one.finer === null ? '' : `, drilled into ${one.finer}`;
    return `${one.symbol}: ${formatInteger(one.candles)} candles of ${one.timeframe} from ${one.source_timeframe}${finer}; ${mark}; ${fundingWords(one)}; filters ${one.filters}; brackets ${one.brackets}`;
  });
}

function fundingWords({ funding }: InstrumentResult): string {
  if (funding.settlements === 0) return `funding ${funding.source}`;
  const assumed = funding.assumed > 0 ? `, ${formatInteger(funding.assumed)} of them assumed` : '';
  return `funding ${funding.source}, ${formatInteger(funding.settlements)} settlements${assumed}`;
}
