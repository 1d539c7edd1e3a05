"""Growing buffer: one bytearray is appended to until it has 120 MB.

An answer that is collected piece by piece. A bytearray that is full asks realloc for an eighth more, and the peak
depends on how the malloc does that: glibc lets the kernel move the pages (mremap), so the old and the new block are
never both resident; others take a new block and copy, so that both are.

Stresses malloc's large blocks: realloc at the peak, then one free of everything.

Phase `loaded`: the buffer complete. Look at `peak_rss` there and not only at `end`. Expect over `start` (Python 3.11,
glibc 2.36): a peak of 114 MiB under glibc, which is the data, and of 215-260 under every other allocator; at `settled`
nothing under glibc and tcmalloc-aggressive, 228 MiB under stock tcmalloc. Figures: measured with this file.
"""

PARAMS = {"size": 120_000_000, "piece": 65_536}


def run(p):
    piece = b"x" * p.piece
    buffer = bytearray()
    while len(buffer) < p.size:
        buffer += piece
    yield "loaded"
    del buffer
