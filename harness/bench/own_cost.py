"""What the harness itself costs: the worker against bare Python programs, alternating in one run.

usage: own_cost.py BIN_DIRECTORY [ROUNDS]

BIN_DIRECTORY holds membench and its bare peers. Prints a Markdown table. `wall` is from the start of
the process to the end of its script, `cpu` and `anon` are what the script reads of itself at that
moment; all are medians, and the differences are medians of the differences pair by pair.
"""

import csv
import json
import os
import pathlib
import subprocess
import statistics
import sys
import tempfile
import time

SCRIPT = pathlib.Path(__file__).with_name("script.py")
# The same for all: what membench gives its workers.
ENVIRONMENT = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}


def run_program(*program):
    """One run of a program that takes a script; (wall seconds, cpu seconds, anon KiB)."""
    started = time.monotonic()
    ended = subprocess.run([*program, SCRIPT], env={**ENVIRONMENT, "PYTHONHASHSEED": "0"},
                           stdin=subprocess.DEVNULL, capture_output=True, check=True)
    said = json.loads(ended.stdout)
    return said["ended"] - started, said["cpu"], said["anon_kib"]


def run_membench(membench):
    """One trial: its wall is `elapsed_seconds` of its sample 'end'."""
    with tempfile.TemporaryDirectory() as directory:
        subprocess.run([membench, "-q", "-n", "1", "-a", "glibc", "--settle", "0", "--script",
                        "-o", directory, SCRIPT], env=ENVIRONMENT, capture_output=True, check=True)
        run = next(path for path in pathlib.Path(directory).iterdir() if path.is_dir())
        with open(run / "samples.csv", newline="", encoding="utf-8") as file:
            wall = next(float(row["elapsed_seconds"]) for row in csv.DictReader(file)
                        if row["phase"] == "end")
        said = json.loads(next((run / "output").iterdir()).read_text())
    return wall, said["cpu"], said["anon_kib"]


def main():
    directory = pathlib.Path(sys.argv[1])
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 15
    contenders = {
        "membench-worker": lambda: run_membench(directory / "membench"),
        "the same binary as a bare Python": lambda: run_program(directory / "membench-worker", "--bare"),
        "bare program, linked statically": lambda: run_program(directory / "membench-bare"),
        "bare program, linked to the shared libpython": lambda: run_program(directory / "membench-bare-shared"),
        "/usr/bin/python3": lambda: run_program("/usr/bin/python3"),
    }
    results = {name: [] for name in contenders}
    for _ in range(rounds):
        for name, run in contenders.items():
            results[name].append(run())

    print_table(results)


def print_table(results):
    print("| program | wall s | cpu s | anon KiB | worker: wall | worker: cpu | worker: anon |")
    print("|---|---|---|---|---|---|---|")
    for name, rows in results.items():
        wall, cpu, anon = (statistics.median(column) for column in zip(*rows))
        pairs = [[w - r for w, r in zip(*pair)] for pair in zip(results["membench-worker"], rows)]
        over_wall, over_cpu, over_anon = (statistics.median(column) for column in zip(*pairs))
        print(f"| {name} | {wall:.3f} | {cpu:.3f} | {anon:.0f} | {over_wall * 1000:+.1f} ms | "
              f"{over_cpu * 1000:+.1f} ms | {over_anon:+.0f} KiB |")


main()
