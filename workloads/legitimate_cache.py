"""Legitimate cache: what grew is wanted, and it stays.

The first requests fill a cache of 20000 rendered pages; from then on every request is a hit. Memory grows, does not
fall when the load does, and nothing is wrong: no leak, no garbage, nothing that an allocator keeps for itself. Whoever
looks only at "it does not come back" would blame one of them.

Stresses no layer: pages of 1-8 kB by malloc, their keys, titles and tags by pymalloc. Expect in `anon` over `start`
(Python 3.11): 103-112 MiB at `end`, and all of it at `settled`, `collected` and `released`, under every allocator. With
`--cycles 3` the second and third cycle add nothing, unlike those of leak. Figures: measured with this file.
"""
import random

PARAMS = {"pages": 20_000, "smallest_page": 1_000, "largest_page": 8_000, "seed": 1}

CACHE = {}  # outlives run(), as a server's does


def render(p, number):
    rng = random.Random(f"{p.seed} {number}")  # from the page's own number: the same page whoever asks first
    return {
        "title": f"Page {number}",
        "tags": [f"tag {rng.randrange(10_000)}" for _ in range(6)],
        "body": b"x" * rng.randint(p.smallest_page, p.largest_page),
    }


def page(p, path, number):
    if path not in CACHE:
        CACHE[path] = render(p, number)
    return CACHE[path]


def run(p):
    for number in range(p.pages):
        page(p, f"/page/{number}", number)
    return CACHE
