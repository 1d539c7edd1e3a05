"""The floor: nothing happens.

What an interpreter weighs under each allocator before any work: subtract it, or read "over start", before you compare
others. It stresses no layer. Expect `end`, `settled`, `collected` and `released` within a fraction of a megabyte of
`start`, and a `start` that differs: in `anon` stock tcmalloc weighs about 5 MB more than glibc, jemalloc and mimalloc
about 1 MB (measured with this file).
"""

PARAMS = {}


def run(p):
    return None
