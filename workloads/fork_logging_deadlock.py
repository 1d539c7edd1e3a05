"""Fork and logging: a forked child waits for ever for a lock of io.

A thread writes to a logging.FileHandler whose file is slow; meanwhile the program forks, and the child logs one line.
The thread does not exist in the child, but the lock that it held does. logging's own locks are made new in a child
since Python 3.7; the one inside the file's io.BufferedWriter is not, to this day (python/cpython issues 84579, 91776).
It is what is left of the hang that was a side remark of the 2017 post.

The slow file is a FIFO whose reader stalls: a network file system or a terminal does the same, only not on demand. Then
the reader catches up and the thread ends, so nothing is slow any more; the child still waits. No chance is involved:
the program forks when the FIFO is full and the record not yet through, so the thread is inside write().

Stresses no allocator; it shows how a hang is reported. Expect `timed-out` under every allocator, after TIMEOUT seconds,
with the child waiting in a futex; the child's Python stack, which ends in logging's flush(), is in the trial's output.
Measured on Python 3.11 with this file; FileHandlers on a FIFO hang alike in 2.7, 3.8, 3.13 and 3.14.
"""
import array
import faulthandler
import fcntl
import logging
import os
import tempfile
import termios
import threading
import time

PARAMS = {}
TIMEOUT = 4
EXPECT = "timed-out"

CHILD_SHOWS_ITS_STACK_AFTER = 1


def open_slow_log():
    """A logger whose handler writes to a FIFO, and the descriptor of its reader. Leaves no file behind."""
    with tempfile.TemporaryDirectory() as directory:
        path = os.path.join(directory, "log")
        os.mkfifo(path)
        reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)  # or open() would wait for a writer
        handler = logging.FileHandler(path)
    os.set_blocking(reader, True)
    handler.setFormatter(logging.Formatter("%(message)s"))
    log = logging.Logger("fork_logging_deadlock")
    log.addHandler(handler)
    return log, reader


def bytes_waiting(reader):
    count = array.array("i", [0])
    fcntl.ioctl(reader, termios.FIONREAD, count)
    return count[0]


def wait_until_full(reader, capacity):
    """Then the writer of a larger record is inside write(), and stays there until somebody reads."""
    while bytes_waiting(reader) < capacity:
        time.sleep(0.001)


def fork_child_that_logs(log):
    pid = os.fork()
    if pid == 0:
        faulthandler.dump_traceback_later(CHILD_SHOWS_ITS_STACK_AFTER)
        log.info("from the child")
        os._exit(0)
    return pid


def read_exactly(reader, size):
    while size > 0:
        size -= len(os.read(reader, size))


def run(p):
    log, reader = open_slow_log()
    capacity = fcntl.fcntl(reader, fcntl.F_GETPIPE_SZ)
    record = "x" * (2 * capacity)
    thread = threading.Thread(target=log.info, args=(record,))
    thread.start()
    wait_until_full(reader, capacity)
    child = fork_child_that_logs(log)
    read_exactly(reader, len(record) + len("\n"))
    thread.join()
    os.waitpid(child, 0)
    raise RuntimeError("the child has logged and ended: this Python does not hang here any more")
