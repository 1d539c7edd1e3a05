"""What a matrix costs beyond its trials: wall time of a run over the sum of its trials' own.

usage: matrix_cost.py BIN_DIRECTORY [TRIALS]

Runs the shipped workload `idle` TRIALS times and prints one line. `own` is the sum of the column `seconds`
of trials.csv: from each worker's start to its last process's end.
"""

import csv
import pathlib
import subprocess
import sys
import tempfile
import time


def main():
    membench = pathlib.Path(sys.argv[1]) / "membench"
    trials = int(sys.argv[2]) if len(sys.argv) > 2 else 100
    with tempfile.TemporaryDirectory() as directory:
        started = time.monotonic()
        subprocess.run([membench, "-q", "-n", str(trials), "-a", "glibc", "--settle", "0.3", "-o", directory,
                        "idle"], capture_output=True, check=True)
        wall = time.monotonic() - started
        run = next(path for path in pathlib.Path(directory).iterdir() if path.is_dir())
        with open(run / "trials.csv", newline="", encoding="utf-8") as file:
            own = sum(float(row["seconds"]) for row in csv.DictReader(file))
    print(f"{trials} trials: wall {wall:.2f} s, own {own:.2f} s, ratio {wall / own:.3f}, "
          f"{(wall - own) / trials * 1000:.1f} ms more per trial")


main()
