"""Cyclic frames: tables in reference cycles, alive until a collection.

A batch makes tables, data frames say, and drops each after use. A column knows its table and the table its columns, so
dropping one frees nothing: it is left to the cycle collector, which counts objects, not bytes, and runs when 700 more
containers were made than freed. Few objects with much data in them can thus hold memory for as long as the program does
little, and it looks like a leak, or like a malloc that keeps what was freed.

Stresses the layer above malloc: garbage that is not yet collected. `settled` minus `collected` is its measure,
`collected_objects` counts it. Expect in `anon` over `start` (Python 3.11): 120 MiB at `end` and `settled`, which is all
data; at `collected` nothing under glibc, whose large blocks are mappings of their own, and tcmalloc-aggressive. Stock
tcmalloc and mimalloc keep all of it until `released` and jemalloc 44 MiB, though the same objects are freed: from then
on it is the malloc that keeps. Figures: measured with this file.

`--cycles 8` grows to 0.85 GB: in the seventh cycle the collector comes by itself and all goes at once.
"""
import gc

PARAMS = {"tables": 20, "columns": 3, "column_bytes": 2 << 20}


class Column:
    def __init__(self, table, size):
        self.table = table
        self.data = b"x" * size  # not bytes(size), whose pages would stay untouched


class Table:
    def __init__(self, columns, column_bytes):
        self.columns = [Column(self, column_bytes) for _ in range(columns)]

    def total(self):
        return sum(column.data[-1] for column in self.columns)


def run(p):
    for _ in range(p.tables):
        table = Table(p.columns, p.column_bytes)
        table.total()
        del table  # frees nothing


# From a known point: importing has brought the collector anywhere between 0 and 700 containers, and then chance would
# decide whether it runs during the load.
gc.collect()
