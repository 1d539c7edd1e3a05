"""What it costs to tell where every byte of a process is, at 0.1, 0.5 and 2 GiB.

usage: inspect_cost.py BIN_DIRECTORY [REPEATS]

Starts Python processes that hold so much memory in three ways, and has membench-inspect-cost read each of them
REPEATS times (5) while it stands still:

    small objects   pymalloc's arenas: one header is read for every 16 KiB
    1 KiB blocks    glibc's heap: every chunk's header is read, so every page
    holes           the same, with every second block freed and trimmed: many small resident pieces
"""

import pathlib
import subprocess
import sys

TARGET = """
import sys, ctypes
kind, size = sys.argv[1], int(sys.argv[2])
if kind == "small objects":
    kept = [i.to_bytes(8, "big") * 8 for i in range(size // 112)]
else:
    blocks = [b"x" * (991 if kind == "1 KiB blocks" else 12_000) for _ in range(size // (1024 if kind == "1 KiB blocks" else 6_016))]
    if kind == "holes":
        del blocks[::2]
        ctypes.CDLL(None).malloc_trim(0)
print("ready", flush=True)
sys.stdin.read()
"""


def measure(reader, kind, size, repeats):
    with subprocess.Popen(["/usr/bin/python3", "-S", "-c", TARGET, kind, str(size)], stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE, text=True) as target:
        target.stdout.readline()
        line = subprocess.run([reader, str(target.pid), repeats], capture_output=True, text=True, check=True).stdout
        target.stdin.close()
    return dict(part.split("=") for part in line.split())


def main():
    reader = pathlib.Path(sys.argv[1]) / "membench-inspect-cost"
    repeats = sys.argv[2] if len(sys.argv) > 2 else "5"
    print("| memory | rss MiB | reading ms | of it smaps_rollup | added to the process | the reader's own KiB |")
    print("|---|---|---|---|---|---|")
    for kind in ("small objects", "1 KiB blocks", "holes"):
        for gibibytes in (0.1, 0.5, 2):
            cost = measure(reader, kind, int(gibibytes * 2**30), repeats)
            print(f"| {kind} | {cost['rss_mib']} | {cost['ms']} | {cost['rollup_ms']} | "
                  f"{cost['added_rss_kib']} KiB, {cost['added_faults']} faults | {cost['reader_kib']} |", flush=True)


main()
