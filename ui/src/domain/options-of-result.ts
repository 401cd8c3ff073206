import type { BacktestResult } from './contract';
import type { DraftOptions } from './draft-options';
import { OPTIONS } from './option-specs';

/** The advanced fields that repeat a finished run; defaults are left out. */
export function optionsOfResult(result: BacktestResult): DraftOptions {
  const { fill_policy: fills, account, risk } = result;
  const isMakerOwn = fills.fee_tier === null && fills.maker_commission !== fills.commission;
  const funding = account.funding;
  const known: Record<string, unknown> = {
    ...flat('', {
      fee_tier: fills.fee_tier,
      maker_commission: isMakerOwn ? fills.maker_commission : null,
      slippage_model: fills.slippage_model,
      fill_time: fills.fill_time,
      limit_fill: fills.limit_fill,
      participation_max: fills.participation_max,
      seed: fills.seed === 0 ? null : fills.seed,
      latency: fills.latency,
      margin_mode: account.margin_mode,
      position_mode: account.position_mode,
      filters: account.filters === 'off' ? 'off' : null,
      funding,
      risk,
      checks: { truncation: result.truncation ? 'on' : null },
    }),
    ...(typeof funding === 'object' ? { funding: 'constant' } : {}),
  };
  return Object.fromEntries(
    OPTIONS.flatMap((option): [string, string][] => {
      const value = known[option.path];
      const text = value === null || value === undefined ? '' : String(value);
      const isDefault =
        option.kind === 'choice'
          ? text === option.standard
          : option.path.startsWith('latency.') && text === '0';
      return text === '' || isDefault ? [] : [[option.path, text]];
    }),
  );
}

/** What the form cannot hold of a run: it would start with the defaults instead. */
export function lostByForm(result: BacktestResult): string[] {
  const [first] = result.sleeves;
  const sameEverywhere = result.sleeves.every(
    (one) =>
      one.strategy === first?.strategy &&
      JSON.stringify([one.parameters, one.timeframes]) ===
        JSON.stringify([first.parameters, first.timeframes]),
  );
  return [
    ...(typeof result.account.filters === 'object' ? ['its own exchange filters'] : []),
    ...(result.account.brackets ? ['its own leverage brackets'] : []),
    ...(sameEverywhere ? [] : ['different strategies or parameters per symbol']),
    ...(result.risk_per_trade === null ? [] : ['the risk per trade of the request']),
  ];
}

function flat(prefix: string, values: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]: [string, unknown]): [string, unknown][] =>
      typeof value === 'object' && value !== null
        ? Object.entries(flat(`${prefix}${name}.`, value))
        : [[`${prefix}${name}`, value]],
    ),
  );
}
