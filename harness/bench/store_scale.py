"""What a large store costs: processor time of `list runs` and `report` with 10^2 and with 10^5 trials.

usage: store_scale.py BIN_DIRECTORY

Makes one real run, copies its rows under other names until the store holds as many trials as asked for, and
asks for that one run.
"""

import pathlib
import resource
import shutil
import sqlite3
import subprocess
import sys
import tempfile

TRIALS_PER_RUN = 100


def make_run(membench, directory):
    subprocess.run([membench, "-q", "-n", str(TRIALS_PER_RUN), "-a", "glibc", "--settle", "0", "-o", directory, "idle"],
                   capture_output=True, check=True)


def columns_of(database, table, without):
    names = [row[1] for row in database.execute(f"PRAGMA table_info({table})")]
    return ", ".join(name for name in names if name not in without)


def copy_run(database, number):
    """All rows of the first run once more, as run `copy-NUMBER`."""
    name = f"copy-{number}"
    others = columns_of(database, "run", ["id"])
    database.execute(f"INSERT INTO run (id, {others}) SELECT ?, {others} FROM run WHERE id NOT LIKE 'copy-%'",
                     (name,))
    shift = database.execute("SELECT max(id) FROM trial").fetchone()[0]
    others = columns_of(database, "trial", ["id", "run"])
    database.execute(f"INSERT INTO trial (id, run, {others}) SELECT id + ?, ?, {others} FROM trial "
                     f"WHERE run NOT LIKE 'copy-%'", (shift, name))
    others = columns_of(database, "sample", ["id", "trial"])
    samples = database.execute("SELECT max(id) FROM sample").fetchone()[0]
    first = f"trial <= {TRIALS_PER_RUN}"
    database.execute(f"INSERT INTO sample (id, trial, {others}) SELECT id + ?, trial + ?, {others} FROM sample "
                     f"WHERE {first}", (samples, shift))
    database.execute("INSERT INTO value SELECT sample + ?, metric, unit, value FROM value WHERE sample IN "
                     f"(SELECT id FROM sample WHERE {first})", (samples,))
    database.execute(f"INSERT INTO curve SELECT trial + ?, points FROM curve WHERE {first}", (shift,))


def cpu_of(command):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, capture_output=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main():
    membench = pathlib.Path(sys.argv[1]) / "membench"
    directory = tempfile.mkdtemp()
    try:
        make_run(membench, directory)
        database = sqlite3.connect(f"{directory}/membench.db")
        run = database.execute("SELECT id FROM run").fetchone()[0]
        print("| trials | list runs, CPU s | report of one run, CPU s |\n|---|---|---|")
        for runs in (1, 1000):
            for number in range(1, runs):
                copy_run(database, number)
            database.commit()
            listing = cpu_of([membench, "list", "runs", "-o", directory])
            report = cpu_of([membench, "report", "-o", directory, run])
            print(f"| {runs * TRIALS_PER_RUN} | {listing:.2f} | {report:.2f} |", flush=True)
    finally:
        shutil.rmtree(directory)


main()
