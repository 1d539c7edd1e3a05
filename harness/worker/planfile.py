"""Says in JSON what a plan holds: TOML, read by tomllib.

Runs inside `membench-worker --plan FILE`. What the keys mean is for the supervisor to judge; here
stands only what JSON cannot hold.
"""

import json
import math
import re
import sys
import tomllib

# C holds whole numbers of 64 bits.
LEAST, MOST = -(1 << 63), (1 << 63) - 1


class Refused(Exception):
    """What is wrong with the file; where, and what to do about it."""

    def __init__(self, message, hint, **place):
        super().__init__(message)
        self.answer = {"error": message, "hint": hint, **place}


def key_text(key):
    """A key as one writes it in a dotted path."""
    return key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else json.dumps(key, ensure_ascii=False)


def check(value, path):
    """Refuses what JSON, or a string in C, cannot hold."""
    if isinstance(value, dict):
        for key, item in value.items():
            check(key, path)
            check(item, f"{path}.{key_text(key)}" if path else key_text(key))
    elif isinstance(value, list):
        for number, item in enumerate(value, 1):
            check(item, f"{path}[{number}]")
    elif isinstance(value, str):
        if "\0" in value:
            raise Refused(f"{path}: a text with a NUL character", "leave it out")
    elif isinstance(value, float):
        if not math.isfinite(value):
            raise Refused(f"{path}: {value} is not a finite number", "give a finite number")
    elif isinstance(value, int):  # bool too, which fits
        if not LEAST <= value <= MOST:
            raise Refused(f"{path}: the number is too large", "whole numbers have 64 bits")
    else:
        raise Refused(f"{path}: a plan has no dates and no times", "put it in quotes as a text")


def decode(source):
    try:
        return source.decode()
    except UnicodeDecodeError as error:
        before = source[:error.start]
        line = before.count(b"\n") + 1
        column = len(before.rpartition(b"\n")[2].decode()) + 1
        raise Refused("it is not UTF-8", "save it as UTF-8, which TOML is written in", line=line,
                      column=column) from None


def place_of(message, text):
    """tomllib's message without the place in it, the place, and the line there."""
    found = re.fullmatch(r"(.*) \(at line (\d+), column (\d+)\)", message, re.DOTALL)
    lines = text.split("\n")
    if found:
        line, column = int(found[2]), int(found[3])
        return found[1], line, column, lines[line - 1]
    message = message.removesuffix(" (at end of document)")
    return message, len(lines), len(lines[-1]) + 1, lines[-1]


def with_dots(message):
    """tomllib names a key by a tuple; people write it with dots."""
    def dotted(found):
        keys = re.findall(r"'((?:[^'\\]|\\.)*)'", found[0])
        return "'" + ".".join(map(key_text, keys)) + "'"
    return re.sub(r"\((?:'(?:[^'\\]|\\.)*',? ?)+\)", dotted, message)


def read(path):
    with open(path, "rb") as file:
        source = file.read()
    text = decode(source)
    try:
        plan = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        message, line, column, excerpt = place_of(str(error), text.replace("\r\n", "\n"))
        message = with_dots(message)
        raise Refused(message[:1].lower() + message[1:], "a plan is TOML: https://toml.io",
                      line=line, column=column, excerpt=excerpt.replace("\0", "?")) from None
    check(plan, "")
    return plan


def main(path):
    try:
        answer = {"plan": read(path)}
    except Refused as refused:
        answer = refused.answer
    except (OSError, ValueError, RecursionError, MemoryError) as error:
        answer = {"error": getattr(error, "strerror", None) or str(error) or type(error).__name__,
                  "hint": "give a readable file of TOML"}
    # The supervisor may run in another locale than UTF-8.
    sys.stdout.buffer.write(json.dumps(answer, ensure_ascii=False).encode())


main(sys.argv[0])
