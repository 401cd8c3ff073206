"""Makes the candles and the expected readings beside this file; run it in this folder with `ta-lib` and `numpy`.

Last made with the Python packages TA-Lib 0.8.2 (library 0.8.1) and numpy 2.4.6:

    python3 -m venv env && env/bin/pip install ta-lib numpy && env/bin/python make_vectors.py

What TA-Lib has is taken from it. The rest is computed here plainly, each row from its whole window, by formulas
that share nothing with the streaming code. Numbers are written with all their digits. Each file holds one indicator
of the catalogue; the header of a column is `settings source output`, settings joined by slashes, `-` for none.
An empty cell is a row of warm-up.

Where we choose another reading than TA-Lib, this file says so: look for OURS.
"""

import csv
from datetime import datetime, timedelta, timezone

import numpy as np
import talib

ROWS = 240
START = datetime(2024, 1, 26, 4, tzinfo=timezone.utc)  # a Friday, four hours into the day
STEP = timedelta(hours=4)
TICK = 1 / 64  # a power of two: TA-Lib's running sums of prices and their squares stay exact
NAN = float("nan")


def draws():
    """Knuth's 64-bit linear congruential generator (MMIX), upper 31 bits."""
    state = 20240126
    while True:
        state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
        yield state >> 33


def make_candles():
    """A random walk in ticks with gaps, a short and a long flat stretch, and candles without volume."""
    draw = draws()
    rows, close = [], 6400
    for row in range(ROWS):
        is_flat = 70 <= row < 77 or 150 <= row < 185
        steps = [next(draw) % 129 - 64 for _ in range(8)]
        volume = next(draw) % 8000 / 8
        gap = next(draw) % 801 - 400 if row % 23 == 11 else 0
        if is_flat:
            path = [close]
        else:
            path = close + gap + np.cumsum(np.array(steps) + (20 if row % 80 < 40 else -20))
        if row % 19 == 7 or 160 <= row < 170:
            volume = 0.0
        open_, high, low, close = int(path[0]), int(max(path)), int(min(path)), int(path[-1])
        time = int((START + row * STEP).timestamp() * 1000)
        rows.append([time] + [ticks * TICK for ticks in (open_, high, low, close)] + [volume])
    return rows


CANDLES = make_candles()
TIME = [datetime.fromtimestamp(row[0] / 1000, timezone.utc) for row in CANDLES]
O, H, L, C, V = (np.array([row[field] for row in CANDLES]) for field in range(1, 6))
TYPICAL = (H + L + C) / 3
SOURCES = {"open": O, "high": H, "low": L, "close": C, "volume": V}
SOURCES |= {"hl2": (H + L) / 2, "hlc3": TYPICAL, "ohlc4": (O + H + L + C) / 4}


def windowed(length, reading, *arrays):
    """`reading` of the last `length` numbers of each array, at each row that has them."""
    out = np.full(len(arrays[0]), NAN)
    for row in range(length - 1, len(out)):
        out[row] = reading(*(array[row - length + 1 : row + 1] for array in arrays))
    return out


def same(one, other):
    """Fails unless two arrays agree wherever both are numbers."""
    both = ~np.isnan(one) & ~np.isnan(other)
    assert both.any() and np.allclose(one[both], other[both], rtol=1e-11, atol=1e-11)


def sma_of(values, length):
    """TA-Lib's SMA of values that begin with gaps."""
    first = int(np.argmax(~np.isnan(values)))
    return np.concatenate([values[:first], talib.SMA(values[first:], length) if length > 1 else values[first:]])


def wma_of(values, length):
    weights = np.arange(1, length + 1)
    return windowed(length, lambda window: np.dot(window, weights) / weights.sum(), values)


def hma(values, length):
    by_hand = wma_of(2 * wma_of(values, length // 2) - wma_of(values, length), int(np.sqrt(length)))
    same(by_hand, talib.HMA(values, length))
    return by_hand


def stochastic(length, k, d):
    # OURS: a flat window reads 50, TA-Lib's 0.
    fast = talib.STOCHF(H, L, C, length, 1, 0)[0] if length > 1 else (C - L) / (H - L) * 100
    flat = windowed(length, lambda high, low: high.max() == low.min(), H, L)
    slow = sma_of(np.where(flat == 1, 0.0, fast), k)
    same(slow, talib.STOCH(H, L, C, length, k, 0, d, 0)[0])
    slow = sma_of(np.where(flat == 1, 50.0, fast), k)
    return [slow, sma_of(slow, d), np.where(flat == 1, 50.0, fast)]


def stochastic_rsi(values, rsi_length, length, k, d):
    # OURS: an RSI that has not moved reads 50, TA-Lib's 0 or a remainder of rounding. With k = 1 it is TA-Lib's.
    rsi = talib.RSI(values, rsi_length)
    ranges = windowed(length, lambda window: window.max() - window.min(), rsi)
    raw = windowed(length, lambda window: (window[-1] - window.min()) / max(window.max() - window.min(), 1e-30) * 100, rsi)
    theirs = talib.STOCHRSI(values, rsi_length, length, 3, 0)[0]
    has_moved = ranges > 1e-9
    same(np.where(has_moved, raw, NAN), np.where(has_moved, theirs, NAN))
    raw = np.where(np.isnan(ranges) | has_moved, raw, 50.0)
    smooth = sma_of(raw, k)
    return [smooth, sma_of(smooth, d)]


def mfi(length):
    # OURS: without any flow 50, where TA-Lib reads 0.
    has_flow = windowed(length + 1, lambda price, volume: np.any((np.diff(price) != 0) & (volume[1:] > 0)), TYPICAL, V)
    return np.where(has_flow == 0, 50.0, talib.MFI(H, L, C, V, length))


def anchored_vwap(row):
    return np.concatenate([np.full(row, NAN), talib.VWAP(H[row:], L[row:], C[row:], V[row:])])


def session_vwap():
    out = np.empty(ROWS)
    for row in range(ROWS):
        rows = [it for it in range(row + 1) if TIME[it].date() == TIME[row].date()]
        volume = V[rows].sum()
        out[row] = (TYPICAL[rows] * V[rows]).sum() / volume if volume > 0 else TYPICAL[row]
    return out


def supertrend(length, multiple):
    line, trend = talib.SUPERTREND(H, L, C, length, multiple)
    return [line, np.where(np.isnan(line), NAN, trend)]


def ichimoku(conversion, base, slow, displacement):
    middle = lambda length: windowed(length, lambda high, low: (high.max() + low.min()) / 2, H, L)
    one, two, span_b = middle(conversion), middle(base), middle(slow)
    span_a = (one + two) / 2
    complete = np.isnan(one) | np.isnan(two) | np.isnan(span_b)
    span_a[complete] = NAN
    delayed = lambda span: np.concatenate([np.full(displacement, NAN), span])[:ROWS]
    return [one, two, delayed(span_a), delayed(span_b), span_a, span_b]


PERIODS = {
    1: lambda time: time.date(),
    2: lambda time: time.isocalendar()[:2],
    3: lambda time: (time.year, time.month),
}


def pivots(formula, period):
    names = [PERIODS[period](time) for time in TIME]
    out = []
    for row in range(ROWS):
        earlier = [it for it in range(row) if names[it] != names[row]]
        levels = None
        if earlier and names[earlier[-1]] != names[0]:  # the history begins within its first period
            rows = [it for it in earlier if names[it] == names[earlier[-1]]]
            levels = formula(H[rows].max(), L[rows].min(), C[rows[-1]])
        out.append(levels)
    width = len(next(levels for levels in out if levels))
    return list(np.array([levels or [NAN] * width for levels in out]).T)


def classic(high, low, close):
    pivot = (high + low + close) / 3
    r1, s1 = 2 * pivot - low, 2 * pivot - high
    return [pivot, r1, pivot + (high - low), high + 2 * (pivot - low), s1, pivot - (high - low), low - 2 * (high - pivot)]


def fibonacci(high, low, close):
    pivot, ratios = (high + low + close) / 3, (0.382, 0.618, 1)
    return [pivot] + [pivot + sign * ratio * (high - low) for sign in (1, -1) for ratio in ratios]


def camarilla(high, low, close):
    parts = (12, 6, 4, 2)
    levels = [close + sign * (high - low) * 1.1 / part for sign in (1, -1) for part in parts]
    return [(high + low + close) / 3] + levels


def volume_profile(length, rows, per_cent):
    out = np.full((3, ROWS), NAN)
    for row in range(length - 1, ROWS):
        window = slice(row - length + 1, row + 1)
        out[:, row] = profile(H[window], L[window], V[window], rows, per_cent / 100)
    return list(out)


def profile(high, low, volume, rows, share):
    bottom, top = low.min(), high.max()
    if top == bottom or volume.sum() == 0:
        return (bottom + top) / 2, top, bottom
    edges = np.linspace(bottom, top, rows + 1)
    held = np.zeros(rows)
    for one_high, one_low, one_volume in zip(high, low, volume):
        if one_high == one_low:
            held[min(int((one_low - bottom) / (top - bottom) * rows), rows - 1)] += one_volume
        else:
            overlap = np.minimum(one_high, edges[1:]) - np.maximum(one_low, edges[:-1])
            held += one_volume * np.clip(overlap, 0, None) / (one_high - one_low)
    first = last = int(np.argmax(held))
    control = first
    while held[first : last + 1].sum() < share * volume.sum() and (first > 0 or last < rows - 1):
        below = held[first - 1] if first > 0 else -1
        above = held[last + 1] if last < rows - 1 else -1
        first, last = (first - 1, last) if below > above else (first, last + 1)
    return (edges[control] + edges[control + 1]) / 2, edges[last + 1], edges[first]


def z_score(values, length):
    score = lambda window: (window[-1] - window.mean()) / window.std() if np.ptp(window) > 0 else 0.0
    return windowed(length, score, values)


def linear_regression(values, length):
    places = np.arange(length)
    fitted = lambda window: np.polyval(np.polyfit(places, window - window.mean(), 1), places) + window.mean()
    error = lambda window: np.sqrt(((window - fitted(window)) ** 2).sum() / (length - 2)) if np.ptp(window) > 0 else 0.0
    fit = lambda window: np.corrcoef(places, window)[0, 1] ** 2 if np.ptp(window) > 0 else 0.0
    theirs = [talib.LINEARREG, talib.LINEARREG_SLOPE, talib.LINEARREG_INTERCEPT]
    lines = [function(values, length) for function in theirs]
    return lines + [windowed(length, fit, values), windowed(length, error, values)]


def write(indicator, outputs, columns, every=1):
    """Writes each `every`th row; a row counts once all outputs of its setting are there."""
    header, cells = ["row"], []
    for settings, source, arrays in columns:
        arrays = arrays if isinstance(arrays, (list, tuple)) else [arrays]
        assert len(arrays) == len(outputs), indicator
        missing = np.any(np.isnan(np.array(arrays, dtype=float)), axis=0)
        assert not missing.all() and not missing[int(np.argmin(missing)) :].any(), indicator
        for output, array in zip(outputs, arrays):
            given = "/".join(format(it, "g" if it < 1e6 else ".0f") for it in settings) or "-"
            header.append(f"{given} {source} {output}")
            cells.append(["" if gone else repr(float(it)) for it, gone in zip(array, missing)])
    rows = [[row] + [column[row] for column in cells] for row in range(0, ROWS, every)]
    save(indicator, header, rows)


def save(name, header, rows):
    with open(f"{name}.csv", "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def of_values(indicator, outputs, function, *sets, every=1):
    """Sets of settings, with the source last where it is not the close."""
    split = [(it[:-1], it[-1]) if isinstance(it[-1], str) else (it, "close") for it in sets]
    write(indicator, outputs, [(it, source, function(SOURCES[source], *it)) for it, source in split], every)


def of_candles(indicator, outputs, function, *sets, every=1):
    write(indicator, outputs, [(it, "close", function(*it)) for it in sets], every)


def main():
    save("candles", ["open_time", "open", "high", "low", "close", "volume"], [[row[0]] + [repr(float(it)) for it in row[1:]] for row in CANDLES])
    value = ["value"]
    bands = ["upper", "middle", "lower"]
    of_values("sma", value, talib.SMA, (5,), (20,), (7, "volume"))
    of_values("ema", value, talib.EMA, (5,), (20,), (9, "hl2"))
    of_values("wma", value, talib.WMA, (5,), (20,), (9, "ohlc4"))
    of_values("hma", value, hma, (9,), (16,), (21, "open"))
    of_values("rsi", value, talib.RSI, (2,), (14,), (21, "hlc3"))
    of_values("macd", ["macd", "signal", "histogram"], talib.MACD, (12, 26, 9), (5, 9, 3))
    of_values("bollinger", bands, lambda it, length, width: talib.BBANDS(it, length, width, width, 0), (20, 2.0), (5, 1.5))
    of_values("standard_deviation", value, lambda it, length: talib.STDDEV(it, length, 1), (5,), (20,))
    of_values("z_score", value, z_score, (5,), (20,))
    of_values("linear_regression", ["value", "slope", "intercept", "r_squared", "standard_error"], linear_regression, (5,), (20,), every=2)
    of_values("highest", value, talib.MAX, (5, "high"), (20,))
    of_values("lowest", value, talib.MIN, (5, "low"), (20,))
    of_values("stochastic_rsi", ["k", "d"], stochastic_rsi, (14, 14, 3, 3), (9, 5, 1, 3))
    of_candles("stochastic", ["k", "d", "fast_k"], stochastic, (14, 3, 3), (5, 1, 4))
    of_candles("cci", value, lambda length: talib.CCI(H, L, C, length), (5,), (20,))
    adx = [talib.ADX, talib.PLUS_DI, talib.MINUS_DI, talib.DX]
    of_candles("adx", ["adx", "plus_di", "minus_di", "dx"], lambda length: [it(H, L, C, length) for it in adx], (14,), (5,))
    of_candles("atr", value, lambda length: talib.ATR(H, L, C, length), (5,), (14,))
    of_candles("keltner", bands, lambda *it: talib.KC(H, L, C, *it), (20, 10, 2.0), (5, 20, 1.5), every=2)
    of_candles("donchian", bands, lambda length: talib.DONCHIAN(H, L, length), (5,), (20,))
    of_candles("supertrend", ["line", "trend"], supertrend, (10, 3.0), (5, 1.0))
    of_candles("mfi", value, mfi, (5,), (14,))
    of_candles("obv", value, lambda: talib.OBV(C, V), ())
    of_candles("vwap", value, session_vwap, ())
    anchor = lambda millis: anchored_vwap([row[0] for row in CANDLES].index(millis))
    of_candles("anchored_vwap", value, anchor, (CANDLES[0][0],), (CANDLES[33][0],))
    lines = ["conversion", "base", "span_a", "span_b", "span_a_ahead", "span_b_ahead"]
    of_candles("ichimoku", lines, ichimoku, (9, 26, 52, 26), (3, 8, 5, 0), every=2)
    three = ["pivot", "r1", "r2", "r3", "s1", "s2", "s3"]
    of_candles("pivots_classic", three, lambda period: pivots(classic, period), (1,), (2,), (3,), every=5)
    of_candles("pivots_fibonacci", three, lambda period: pivots(fibonacci, period), (1,), every=5)
    four = ["pivot", "r1", "r2", "r3", "r4", "s1", "s2", "s3", "s4"]
    of_candles("pivots_camarilla", four, lambda period: pivots(camarilla, period), (1,), (2,), every=5)
    areas = ["point_of_control", "value_area_high", "value_area_low"]
    of_candles("volume_profile", areas, volume_profile, (20, 10, 70), (50, 24, 60))


if __name__ == "__main__":
    main()
