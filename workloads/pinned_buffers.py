"""Pinned buffers: small long-lived records hold a freed heap in place.

A batch of work takes buffers of 1-60 kB and leaves one small record behind: a log line, a counter, a cache key. Then
all buffers are freed. glibc returns memory by itself only from the top of its heap, and the last record sits there: a
few dozen records of 700 bytes hold some 300 MB. It is the purest form of "memory is free and does not come back".

Stresses malloc alone: a buffer is above pymalloc's 512 bytes and below glibc's 128 KiB for an mmap of its own. One
thread, no garbage; deterministic from `seed`, to the KiB with `--layout fixed`.

Phase `loaded`: all buffers alive; the peak. Expect in `anon` (Python 3.11, glibc 2.36), over `start`: about 300 MB at
`loaded` under every allocator; at `settled` nearly all of it under glibc and all under stock tcmalloc; at `released`
nearly nothing under glibc. jemalloc-background (with `--settle 5`) and tcmalloc-aggressive give back over 70 %
by themselves. Figures: measured with this file.
"""
import random

PARAMS = {
    "batches": 60,
    "buffers": 170,  # in one batch
    "smallest_buffer": 1_000,
    "largest_buffer": 60_000,
    "record": 700,
    "seed": 1,
}


def filled(size):
    """A block whose pages are touched; bytes(size) would come from calloc, and untouched pages weigh nothing."""
    return b"x" * size


def batch(p, rng):
    return [filled(rng.randint(p.smallest_buffer, p.largest_buffer)) for _ in range(p.buffers)]


def run(p):
    rng = random.Random(p.seed)
    buffers = []
    records = []
    for _ in range(p.batches):
        buffers.append(batch(p, rng))
        records.append(filled(p.record))  # after its batch, hence above it in the heap
    yield "loaded"
    buffers.clear()
    return records
