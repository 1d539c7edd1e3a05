"""The floor: nothing happens.

What an interpreter weighs under each allocator before any work: subtract it, or read "over start", before comparing
others. It stresses no layer. Expect `end`, `settled`, `collected` and `released` within a fraction of a megabyte of
`start`; under stock tcmalloc and mimalloc `start` itself is higher than under glibc.
"""

PARAMS = {}


def run(p):
    return None
