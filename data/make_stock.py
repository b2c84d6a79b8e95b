"""Make data-02-stock_daily.csv: 732 days of a stock that does not exist.

usage: python data/make_stock.py > data/data-02-stock_daily.csv

The close is a random walk: the logarithm of each day's return is drawn at random, with a small upward drift and with
a volatility that calms down slowly after a wild day. So nothing in the past of this stock says whether it rises tomorrow.
"""
import sys

import numpy as np

DAYS = 732
SEED = 10
FIRST_CLOSE = 560.0
DRIFT = 0.0005  # a day, of the logarithm of the price
VOLATILITY = 0.013  # a day, on average
USUAL_VOLUME = 1_600_000


def walk(days):
    """Open, high, low, volume and close of each day, the oldest day first."""
    # RandomState, unlike default_rng, promises the same numbers in every version of NumPy.
    random = np.random.RandomState(SEED)
    close, variance, rows = FIRST_CLOSE, VOLATILITY**2, []
    for _ in range(days):
        volatility = variance**0.5
        before, close = close, close * np.exp(DRIFT + volatility * random.standard_normal())
        opened = before * np.exp(0.4 * volatility * random.standard_normal())
        high = max(opened, close) * np.exp(0.4 * volatility * abs(random.standard_normal()))
        low = min(opened, close) * np.exp(-0.4 * volatility * abs(random.standard_normal()))
        surprise = np.log(close / before) - DRIFT
        volume = USUAL_VOLUME * np.exp(0.5 * abs(surprise) / VOLATILITY - 0.4 + 0.25 * random.standard_normal())
        rows.append((opened, high, low, round(volume / 100) * 100, close))
        # GARCH(1, 1): most of the variance stays, a part follows the last surprise.
        variance = 0.06 * VOLATILITY**2 + 0.84 * variance + 0.1 * surprise**2
    return rows


def main():
    sys.stdout.reconfigure(newline="\n")
    print("# A random walk from make_stock.py, not a real stock")
    print("# Open,High,Low,Volume,Close")
    for opened, high, low, volume, close in reversed(walk(DAYS)):
        print(f"{opened:.2f},{high:.2f},{low:.2f},{volume},{close:.2f}")


main()
