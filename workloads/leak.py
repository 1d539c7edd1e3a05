"""Leak: a list at module level grows by 16 MiB with every call.

A registry that is added to and never emptied, the commonest leak in Python: every object is reachable, so the cycle
collector finds nothing and no allocator can help. It is a known answer for `--cycles N`: `end` is higher by
`leaked_bytes` in every cycle, under every allocator, and nothing goes at `settled`, `collected` or `released`.

Stresses no layer. Compare legitimate_cache, which grows in its first cycle only. The blocks are of a size that every
allocator serves nearly without waste; expect in `anon` 16.0 to 16.1 MiB from cycle to cycle. Figures: measured with
this file.
"""
import sys

PARAMS = {"leaked_bytes": 16 << 20, "block": 1 << 20}

REGISTRY = []


def run(p):
    payload = p.block - sys.getsizeof(b"")  # with its header, the object is one block
    for _ in range(p.leaked_bytes // p.block):
        REGISTRY.append(b"x" * payload)
