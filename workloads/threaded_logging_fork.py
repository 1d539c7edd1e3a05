"""Threads log while children are forked that log too; all must end.

The order of events behind the hang that was a side remark of the 2017 post: threads work and log without a pause, the
main thread forks, each child allocates and logs. At nearly every fork some thread is inside the handler's lock, or
inside malloc: SQLite allocates without the GIL. The child inherits such locks and nobody who will release them.

logging has made its locks new in a child since Python 3.7, and glibc, tcmalloc, jemalloc and mimalloc prepare theirs
for a fork, so the trial ends; a malloc that does not, or an older Python, hangs. The stream has no lock of its own:
what happens where it has one is shown by fork_logging_deadlock.

Stresses fork handlers, not memory. Expect `ok` under glibc, tcmalloc, jemalloc and mimalloc, one process left, and
growth below 3 MiB; `timed-out` under a malloc that has a lock and no fork handler. Measured with this file, Python 3.11.
"""
import contextlib
import logging
import os
import sqlite3
import threading
import traceback

PARAMS = {
    "threads": 4,
    "forks": 20,
    "children": 4,  # alive at the same time, for each fork of that many
    "records": 10,  # that each child logs
}
TIMEOUT = 30

# Builds a text piece by piece: SQLite calls malloc and realloc while Python's other threads run.
QUERY = """
    with recursive number(i) as (select 1 union all select i + 1 from number where i < 300)
    select group_concat(printf('%08d', i)) from number
"""


class UnbufferedStream:
    """A file without io.BufferedWriter and its lock."""

    def __init__(self, path):
        self.descriptor = os.open(path, os.O_WRONLY | os.O_CLOEXEC)

    def write(self, text):
        os.write(self.descriptor, text.encode())

    def flush(self):
        pass

    def close(self):
        os.close(self.descriptor)


def make_log(stream):
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logging.Formatter("%(asctime)s %(process)d %(threadName)s %(message)s"))
    log = logging.Logger("threaded_logging_fork")
    log.addHandler(handler)
    return log


class Worker(threading.Thread):
    def __init__(self, log):
        super().__init__()
        self.log = log
        self.is_over = threading.Event()
        self.failure = None
        self.start()

    def run(self):
        try:
            with contextlib.closing(sqlite3.connect(":memory:")) as database:
                while not self.is_over.is_set():
                    text, = database.execute(QUERY).fetchone()
                    self.log.info("made %d characters", len(text))
        except Exception as error:  # it would be lost in this thread
            self.failure = error

    def stop(self):
        self.is_over.set()
        self.join()
        if self.failure:
            raise self.failure


def live_as_child(log, records):
    status = 1
    try:
        for number in range(records):
            data = b"x" * (1_000 << number % 8)
            log.info("record %d of %d bytes", number, len(data))
        status = 0
    except BaseException:  # whatever it is, it must not run on in the parent's frames
        traceback.print_exc()
    finally:
        os._exit(status)


def fork_child(log, records):
    pid = os.fork()
    if pid == 0:
        live_as_child(log, records)
    return pid


def reap(pid):
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    if status != 0:
        raise RuntimeError(f"a child ended with status {status}")


def run(p):
    stream = UnbufferedStream(os.devnull)
    log = make_log(stream)
    workers = [Worker(log) for _ in range(p.threads)]
    try:
        for _ in range(p.forks):
            for child in [fork_child(log, p.records) for _ in range(p.children)]:
                reap(child)
    finally:
        for worker in workers:
            worker.stop()
    stream.close()
