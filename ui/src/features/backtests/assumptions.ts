import type {
  BacktestResult,
  FillPolicy,
  FillTime,
  IntrabarPolicy,
  LimitFill,
  Funding,
} from '../../domain/contract';
import { marketName } from '../../domain/market-name';
import { formatFraction, formatInteger, formatNumber } from '../../domain/number-format';

const FILLS: Record<FillTime, string> = {
  next_open: 'Filled at the next open',
  this_close: 'Filled at the close that was seen (nobody trades at it)',
  next_close: 'Filled at the next close',
};
const INTRABAR: Record<IntrabarPolicy, string> = {
  pessimistic: 'Stop before target inside a candle',
  optimistic: 'Target before stop inside a candle',
  adaptive: 'Nearer of high and low first inside a candle',
  drill: 'Finer candles decide the order, stop first inside those',
};
const LIMITS: Record<LimitFill, string> = {
  through: 'Limits need a price beyond them',
  touch: 'Limits fill at a touch',
};

/** What the result rests on, one short sentence each. */
export function assumptionsOf(result: BacktestResult): string[] {
  const { fill_policy: policy, account } = result;
  return [
    FILLS[policy.fill_time],
    INTRABAR[policy.intrabar],
    LIMITS[policy.limit_fill],
    commissionWords(policy),
    slippageWords(policy),
    ...latencyWords(policy),
    policy.participation_max === null
      ? 'Any size fills at once'
      : `At most ${formatFraction(policy.participation_max, 1)} of a candle’s volume`,
    `Leverage ${formatNumber(account.leverage, 2, false)}× ${account.margin_mode}`,
    fundingWords(account.funding),
    result.synthetic ? 'Synthetic prices' : `${marketName(result.market)} candles`,
    result.gap_policy === 'annotate' ? 'Gaps are listed' : 'Gaps refused',
    `Seed ${policy.seed}`,
  ];
}

function commissionWords({ commission, maker_commission: maker, fee_tier: tier }: FillPolicy): string {
  const named = tier === null ? '' : ` (${tier.toUpperCase()})`;
  return maker === commission
    ? `Commission ${formatFraction(commission, 3)} per side${named}`
    : `Commission ${formatFraction(commission, 3)} taker, ${formatFraction(maker, 3)} maker${named}`;
}

function slippageWords({ slippage, slippage_model: model }: FillPolicy): string {
  return model === null
    ? `Slippage ${formatFraction(slippage, 3)}`
    : `Slippage: spread ${formatFraction(model.spread, 3)}, impact ${formatFraction(model.impact, 3)} per candle volume`;
}

function latencyWords({ latency }: FillPolicy): string[] {
  const { orders_ms: orders, reports_ms: reports, jitter_ms: jitter } = latency;
  if (orders === 0 && reports === 0 && jitter === 0) return ['No latency'];
  const more = jitter > 0 ? `, up to ${formatInteger(jitter)} ms more` : '';
  return [`Latency ${formatInteger(orders)} ms out, ${formatInteger(reports)} ms back${more}`];
}

function fundingWords(funding: Funding): string {
  if (funding === 'recorded') return 'Recorded funding';
  if (funding === 'off') return 'No funding';
  return `Funding ${formatFraction(funding.rate, 4)} every ${funding.interval_hours} h`;
}
