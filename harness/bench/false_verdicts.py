"""How often a setting is found to differ from itself: the verdicts' chance of error on real processes.

usage: false_verdicts.py BIN_DIRECTORY [COMPARISONS [ALLOCATOR]]

Each of COMPARISONS (40) is a run of 8 blocks of a small workload of four threads, under two names of one setting of
ALLOCATOR (glibc), in fresh processes throughout. Whatever is said to be better or worse is false, and so is an interval
that leaves 1 out: at most 5 % of either should be. Prints a row per figure: how many there were of each, and the bound
that a right rate of 5 % stays at or below with a chance of 99 %. Leaves with 1 if one is beyond its bound.
"""

import csv
import math
import pathlib
import subprocess
import sys
import tempfile

ALPHA = 0.05
RUNS = "8"
WORKLOAD = ["thread_pool", "-p", "threads=4", "-p", "buffers=150"]


def binomial_bound(count, chance, wanted=0.99):
    """The least k with P(at most k of `count`) >= wanted."""
    total = 0.0
    for k in range(count + 1):
        total += math.comb(count, k) * chance**k * (1 - chance) ** (count - k)
        if total >= wanted:
            return k
    return count


def compare(membench, allocator, seed):
    """The comparisons of one run, as rows of its comparisons.csv."""
    with tempfile.TemporaryDirectory() as directory:
        command = [membench, "run", "-q", "-n", RUNS, "--settle", "0", "--seed", str(seed), "-o", directory,
                   "-a", f"a={allocator}", "-a", f"b={allocator}", *WORKLOAD]
        subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
        run = next(path for path in pathlib.Path(directory).iterdir() if path.is_dir())
        with open(run / "comparisons.csv", newline="", encoding="utf-8") as file:
            return list(csv.DictReader(file))


def leaves_out(row):
    """Whether the interval leaves out that nothing differs."""
    neutral = 1 if row["scale"] == "ratio" else 0
    lower, upper = (float(row[name] or sign) for name, sign in (("lower", "-inf"), ("upper", "inf")))
    return lower > neutral or upper < neutral


def main():
    membench = pathlib.Path(sys.argv[1]) / "membench"
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 40
    allocator = sys.argv[3] if len(sys.argv) > 3 else "glibc"
    figures = {}
    for seed in range(1, count + 1):
        for row in compare(membench, allocator, seed):
            figures.setdefault(row["metric"], []).append(row)
        print(f"\r{seed}/{count}", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    bound = binomial_bound(count, ALPHA)
    print(f"{allocator}: {count} comparisons of {RUNS} against {RUNS} runs; at most {bound} in 99 % of all cases")
    print("| figure | same | unknown | better or worse | interval leaves 1 out |\n|---|---|---|---|---|")
    worst = 0
    for metric, rows in figures.items():
        verdicts = [row["verdict"] for row in rows]
        false = sum(verdict in ("better", "worse") for verdict in verdicts)
        outside = sum(map(leaves_out, rows))
        worst = max(worst, false, outside)
        print(f"| {metric} | {verdicts.count('same')} | {verdicts.count('unknown')} | {false} | {outside} |")
    sys.exit(worst > bound)


main()
