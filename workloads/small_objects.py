"""Small objects: 1 % of 1.5 million survive and hold pymalloc's arenas.

Half a million parsed records of three objects each, a tuple, a dict and a string; then all but one in a hundred are
dropped. The survivors lie scattered, so nearly every arena of pymalloc (1 MiB) keeps a few of them, and an arena with
one live block is not given back: some 2 MB of live data hold nearly all that the load took.

Stresses CPython's own layer, not malloc: every object is below pymalloc's 512 bytes. It is the counterexample to "use
another malloc": no preload and no malloc_trim() can help. `--object-allocator malloc` takes the layer away and shows
what each malloc makes of the same objects.

Phase `loaded`: all records alive. Expect in `anon` over `start` (Python 3.11): 173-183 MiB at `loaded`, and at least
92 % of that at `settled`, `collected` and `released`, under every allocator. With pymalloc off and `--settle 6`, 51 MiB
at `settled` under jemalloc-background, 76 under tcmalloc-aggressive, 198 under glibc. Figures: measured with this file.
"""
import random

PARAMS = {"records": 500_000, "keep": 0.01, "seed": 1}


def record(number):
    return (number, {"id": number}, f"record {number}")


def run(p):
    rng = random.Random(p.seed)
    records = [record(number) for number in range(p.records)]
    yield "loaded"
    return [kept for kept in records if rng.random() < p.keep]
