"""Big buffers: 120 transient buffers of 1-30 MB, one at a time.

Uploads, images, archives: each is held alone and dropped before the next comes. No buffer survives, so all that is
above `start` afterwards was kept by the allocator.

Stresses malloc's large blocks, and the price of giving memory back: an allocator that returns each buffer at once takes
the page faults again for the next. glibc begins like that, but each buffer that it unmaps raises its threshold for an
mmap of its own (up to 32 MiB), and the one for a trim to twice as much; soon buffers come from the heap, whose top
stays. While it learns, a new mapping stands beside that top: hence the highest peak.

Look at `minor_faults` and `cpu_seconds` beside `anon`. Expect at `settled` over `start` (Python 3.11, glibc 2.36):
stock tcmalloc 28 MiB, one largest buffer, with 7 000 faults; glibc 27 MiB with 25 000; tcmalloc-aggressive nothing,
with 250 000 faults and ten times the processor time of stock tcmalloc; jemalloc and mimalloc between. Figures:
measured with this file.
"""
import math
import random

PARAMS = {"buffers": 120, "smallest_buffer": 1_000_000, "largest_buffer": 30_000_000, "seed": 1}


def log_uniform(rng, low, high):
    return int(math.exp(rng.uniform(math.log(low), math.log(high))))


def run(p):
    rng = random.Random(p.seed)
    for _ in range(p.buffers):
        buffer = b"x" * log_uniform(rng, p.smallest_buffer, p.largest_buffer)
        del buffer  # before the next is made, not when its name is bound anew
