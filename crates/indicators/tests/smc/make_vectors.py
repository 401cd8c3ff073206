"""Writes test vectors: what smartmoneyconcepts 0.0.27 (MIT licence) answers on a synthetic series.

    python3 -m venv venv
    venv/bin/pip install smartmoneyconcepts==0.0.27 pandas==3.1.1 numpy==2.4.6
    venv/bin/python make_vectors.py fixture/coarse_1h

Only whoever wants other vectors needs Python; the tests read the files. Equal arguments give equal files.

The series is made to hurt: a coarse tick, so that prices tie and 32-bit rounding decides comparisons; missing
candles, a missing day and a missing week; doji; candles without volume.

`causal_*` is made candle by candle: swings and breaks from their definitions, `known_at` by asking the library about every
prefix of the series.
"""

import argparse
import gzip
import math
import os
import random
from pathlib import Path

os.environ["SMC_CREDIT"] = "0"

import numpy as np
import pandas as pd
from smartmoneyconcepts.smc import smc

HOUR = 3_600_000
# Wednesday, 2024-01-03 09:00 UTC.
START = 1_704_272_400_000
SESSIONS = [
    "Sydney",
    "Tokyo",
    "London",
    "New York",
    "Asian kill zone",
    "London open kill zone",
    "New York kill zone",
    "london close kill zone",
]
CUSTOM = ("22:00", "02:30")


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--candles", type=int, default=700)
    arguments.add_argument("--minutes", type=int, default=60)
    arguments.add_argument("--lengths", type=int, nargs="+", default=[2, 3, 5])
    arguments.add_argument("--prefixes", type=int, nargs="+", default=[12, 40, 250])
    options = arguments.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)

    candles = series(options.seed, options.candles, options.minutes)
    out = options.folder
    write(out / "input.csv.gz", candles.reset_index(drop=True), with_index=True)
    independent_of_swings(out, candles)
    for length in options.lengths:
        whole(out, candles, length)
        causal(out, candles, length)
    for count in options.prefixes:
        prefix(out, candles.iloc[:count], f"prefix{count}_", 3)


def series(seed, count, minutes):
    """Candles of a random walk in whole ticks of 0.01 around 23."""
    chance = random.Random(seed)
    steps = sorted(chance.sample(range(count * 6 // 5), count))
    rows = []
    close, time, before = 2300, START, -1
    for number, step in enumerate(steps):
        time += (step - before) * HOUR * minutes // 60
        before = step
        if number == count // 3:
            time += 29 * HOUR
        if number == count * 3 // 5:
            time += 11 * 24 * HOUR
        reach = chance.choice([2, 4, 4, 8])
        opened = close + chance.choice([0, 0, 0, 0, -3, 3, 1])
        close = max(100, opened + chance.randint(-reach, reach))
        high = max(opened, close) + chance.choice([0, 0, 1, 2, 5])
        low = min(opened, close) - chance.choice([0, 0, 1, 2, 5])
        volume = chance.choice([0, 0, chance.randint(1, 900_000), chance.randint(1, 900_000)])
        rows.append([time, opened / 100, high / 100, low / 100, close / 100, volume / 1000])
    columns = ["open_time", "open", "high", "low", "close", "volume"]
    candles = pd.DataFrame(rows, columns=columns)
    candles.index = pd.to_datetime(candles["open_time"], unit="ms")
    return candles


def independent_of_swings(out, candles):
    write_rows(out / "fvg.csv.gz", smc.fvg(candles), ["FVG"])
    write_rows(out / "fvg_join.csv.gz", smc.fvg(candles, join_consecutive=True), ["FVG"])
    for name in ["4h", "1D", "W"]:
        write(out / f"previous_high_low_{name}.csv.gz", smc.previous_high_low(candles, time_frame=name), True)
    columns = {}
    for session in SESSIONS:
        add_session(columns, session, smc.sessions(candles, session))
    custom = smc.sessions(candles, "Custom", CUSTOM[0], CUSTOM[1])
    add_session(columns, f"Custom {CUSTOM[0]}-{CUSTOM[1]}", custom)
    write(out / "sessions.csv.gz", pd.DataFrame(columns), True)


def add_session(columns, name, result):
    for column in ["Active", "High", "Low"]:
        columns[f"{name}:{column}"] = result[column]


def whole(out, candles, length):
    swings = smc.swing_highs_lows(candles, swing_length=length)
    write_rows(out / f"swing_highs_lows_k{length}.csv", swings, ["HighLow"])
    for end, used in [("", swings), ("_nofake", blanked(swings))]:
        dependent_on_swings(out, candles, used, length, end)


def dependent_on_swings(out, candles, swings, length, end):
    for name, close in [("close", True), ("wick", False)]:
        rows = smc.bos_choch(candles, swings, close_break=close)
        write_rows(out / f"bos_choch_k{length}_{name}{end}.csv.gz", rows, ["BOS", "CHOCH", "BrokenIndex"])
    for name, close in [("body", True), ("wick", False)]:
        rows = smc.ob(candles, swings, close_mitigation=close)
        write_rows(out / f"ob_k{length}_{name}{end}.csv.gz", rows, ["OB"])
    for percent in [0.01, 0.05]:
        rows = smc.liquidity(candles, swings, range_percent=percent)
        write_rows(out / f"liquidity_k{length}_r{percent}{end}.csv.gz", rows, ["Liquidity"])
    write(out / f"retracements_k{length}{end}.csv.gz", smc.retracements(candles, swings), True)


def prefix(out, candles, start, length):
    swings = smc.swing_highs_lows(candles, swing_length=length)
    write_rows(out / f"{start}swing_highs_lows_k{length}.csv.gz", swings, ["HighLow"])
    write_rows(out / f"{start}bos_choch_k{length}_close.csv.gz", smc.bos_choch(candles, swings), ["BOS", "CHOCH", "BrokenIndex"])
    write_rows(out / f"{start}ob_k{length}_wick.csv.gz", smc.ob(candles, swings), ["OB"])
    write(out / f"{start}retracements_k{length}.csv.gz", smc.retracements(candles, swings), True)


def blanked(swings):
    """The swings without the artificial ones of the first and the last row."""
    swings = swings.copy()
    swings.iloc[[0, -1]] = np.nan
    return swings


def causal(out, candles, length):
    write(out / f"causal_swings_k{length}.csv.gz", causal_swings(candles, length))
    write(out / f"causal_breaks_k{length}.csv.gz", causal_breaks(candles, length))
    write(out / f"causal_bos_known_at_k{length}.csv.gz", known_at(candles, length))


def causal_swings(candles, length):
    """One row for each candidate, at the candle that confirms it."""
    high, low = candles["high"].to_numpy(), candles["low"].to_numpy()
    rows, last = [], None
    for now in range(3 * length - 1, len(candles)):
        place = now - length
        window = slice(place - length + 1, now + 1)
        if high[place] == high[window].max():
            found = (place, 1, high[place])
        elif low[place] == low[window].min():
            found = (place, -1, low[place])
        else:
            continue
        if last is None or last[1] != found[1]:
            action, other = "new", math.nan
        else:
            is_beyond = (found[2] - last[2]) * found[1] > 0
            action, other = ("replace" if is_beyond else "ignore"), last[0]
        rows.append([now, *found, action, other])
        if action != "ignore":
            last = found
    columns = ["confirm_bar", "pos", "dir", "level", "action", "other_pos"]
    return pd.DataFrame(rows, columns=columns)


def causal_breaks(candles, length):
    """Closes beyond the last confirmed swing high or low, each swing once, with the order block it makes."""
    events = {row.confirm_bar: row for row in causal_swings(candles, length).itertuples() if row.action != "ignore"}
    high, low = candles["high"].to_numpy(), candles["low"].to_numpy()
    close = candles["close"].to_numpy()
    last, used, trend, rows = {}, set(), 0, []
    for now in range(len(candles)):
        if now in events:
            swing = events[now]
            last[swing.dir] = (swing.pos, swing.level)
        for side in [1, -1]:
            if side not in last or (side, last[side][0]) in used:
                continue
            place, level = last[side]
            if (close[now] - level) * side <= 0:
                continue
            used.add((side, place))
            kind = "CHOCH" if trend == -side else "BOS"
            trend = side
            block = latest_extreme(low if side == 1 else -high, place + 1, now)
            rows.append([now, side, kind, place, level, block, high[block], low[block]])
    columns = ["bar", "dir", "kind", "swing_pos", "level", "ob_pos", "ob_high", "ob_low"]
    return pd.DataFrame(rows, columns=columns)


def latest_extreme(values, start, end):
    """The place of the lowest of `values[start:end]`, the latest of equals."""
    return min(range(start, end), key=lambda place: (values[place], -place))


def known_at(candles, length):
    """For each row of the whole series' bos_choch the first candle at which the library shows it."""
    first, shaped = {}, {}
    for now in range(len(candles)):
        known = candles.iloc[: now + 1]
        with_rows = bos_rows(known, length)
        for key in with_rows[0]:
            first.setdefault(key, now)
        for key in with_rows[1]:
            shaped.setdefault(key, now)
    final = bos_rows(candles, length)[0]
    rows = []
    for (place, kind, side), (level, broken) in final.items():
        key = (place, kind, side)
        rows.append([place, kind, side, level, broken, shaped[key], first[key]])
    columns = ["i", "kind", "dir", "level", "broken_index", "pattern_confirm_bar", "known_at"]
    return pd.DataFrame(rows, columns=columns)


def bos_rows(candles, length):
    """The rows of bos_choch without artificial swings, and the shapes that its swings make."""
    swings = blanked(smc.swing_highs_lows(candles, swing_length=length))
    found = smc.bos_choch(candles, swings)
    rows = {}
    for place in np.flatnonzero(found["BOS"].notna() | found["CHOCH"].notna()):
        row = found.iloc[place]
        kind = "CHOCH" if np.isnan(row["BOS"]) else "BOS"
        side = int(row["CHOCH"] if kind == "CHOCH" else row["BOS"])
        rows[(int(place), kind, side)] = (row["Level"], row["BrokenIndex"])
    return rows, list(shapes(swings))


def shapes(swings):
    places = np.flatnonzero(swings["HighLow"].notna())
    levels = swings["Level"].to_numpy()[places]
    kinds = swings["HighLow"].to_numpy()[places]
    for four in range(len(places) - 3):
        side = int(kinds[four + 1])
        one, two, three, last = levels[four : four + 4] * side
        if one < three < two < last:
            yield (int(places[four + 1]), "BOS", side)
        if three < one < two < last:
            yield (int(places[four + 1]), "CHOCH", side)


def write_rows(path, frame, columns):
    """Only the rows that have a value in one of `columns`."""
    write(path, frame[frame[columns].notna().any(axis=1)], True)


def write(path, frame, with_index=False):
    head = (["i"] if with_index else []) + list(frame.columns)
    lines = [",".join(head)]
    for place, values in zip(frame.index, frame.itertuples(index=False, name=None)):
        cells = ([place] if with_index else []) + list(values)
        lines.append(",".join(text(cell) for cell in cells))
    content = ("\n".join(lines) + "\n").encode()
    is_packed = path.suffix == ".gz"
    path.write_bytes(gzip.compress(content, compresslevel=9, mtime=0) if is_packed else content)


def text(cell):
    """A cell as the shortest text that reads back as the same double; NaN is empty."""
    if isinstance(cell, str):
        return cell
    number = float(cell)
    if math.isnan(number):
        return ""
    return str(int(number)) if number.is_integer() else repr(number)


if __name__ == "__main__":
    main()
