"""Prefork worker: the burst happens in a forked child that stays.

As under gunicorn, uWSGI or a task queue: a master forks a worker, the worker does all the work, the master waits. The
worker holds 6800 buffers of 1-60 kB, caches 3 % of them and frees the rest. With `-p fork=false` the same burst happens
in the process that is measured: the control, which differs by the fork alone.

Threads do not survive a fork, and an allocator's own thread is one: jemalloc's background thread, which gives freed
pages back while a process is idle, is missing in every forked worker. `--tick` has the worker serve a little traffic.
With `--cycles N` it is the same worker that meets every burst.

Stresses malloc after fork(). Look at `tree_pss`, master and worker together; `anon` is the master's alone, and so is
what is done at `collected` and `released`. `peak_tree_private` has the peak. The worker stays until the trial ends.

Phase `loaded`: the worker holds all buffers. Expect in `tree_pss` over `start`, with `--settle 6` (Python 3.11, glibc
2.36): 199-222 MiB at `loaded` under every allocator; at `settled` all of it, but 28 MiB under tcmalloc-aggressive.
jemalloc-background keeps all 221 MiB, of which 9 are left with `-p fork=false`, and 136 with `--tick`: without its
thread, jemalloc looks at its clock when it is called. Figures: measured with this file.
"""
import os
import random
import traceback

PARAMS = {
    "fork": True,
    "buffers": 6_800,
    "smallest_buffer": 1_000,
    "largest_buffer": 60_000,
    "keep": 0.03,
    "seed": 1,
}

TICK_BUFFERS = 20

LOAD, DROP, TRICKLE, DONE = b"L", b"D", b"T", b"."


class Burst:
    """The work, in whichever process it is done."""

    def __init__(self, p):
        self.p = p
        self.rng = random.Random(p.seed)
        self.buffers = []
        self.cache = []
        self.acts = {LOAD: self.load, DROP: self.drop, TRICKLE: self.trickle}

    def do(self, order):
        self.acts[order]()

    def make(self, count):
        sizes = (self.rng.randint(self.p.smallest_buffer, self.p.largest_buffer) for _ in range(count))
        return [b"x" * size for size in sizes]  # not bytes(size), whose pages would stay untouched

    def load(self):
        self.buffers = self.make(self.p.buffers)

    def drop(self):
        """Keeps a few at random: what stays is then scattered over the heap, as in a cache."""
        self.cache = [buffer for buffer in self.buffers if self.rng.random() < self.p.keep]
        self.buffers.clear()

    def trickle(self):
        self.make(TICK_BUFFERS)


class Worker:
    """A forked process that does a Burst, as its master sees it."""

    def __init__(self, p):
        orders, self.orders = os.pipe()
        self.answers, answers = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            os.close(self.orders)  # or it would never see the end of its orders
            os.close(self.answers)
            self.live(Burst(p), orders, answers)
        os.close(orders)
        os.close(answers)

    @staticmethod
    def live(burst, orders, answers):
        """Obeys until the master is gone, and its end of the pipe with it."""
        status = 1
        try:
            while order := os.read(orders, 1):
                burst.do(order)
                os.write(answers, DONE)
            status = 0
        except BaseException:  # whatever it is, it must not run on in the master's frames
            traceback.print_exc()
        finally:
            os._exit(status)

    def do(self, order):
        os.write(self.orders, order)
        if os.read(self.answers, 1) != DONE:
            status = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
            raise RuntimeError(f"the worker ended with status {status}")


WORKER = None  # outlives run(): the next cycle's burst meets the same worker


def run(p):
    global WORKER
    if WORKER is None:
        WORKER = Worker(p) if p.fork else Burst(p)
    WORKER.do(LOAD)
    yield "loaded"
    WORKER.do(DROP)
    return WORKER


def tick(worker):
    worker.do(TRICKLE)
