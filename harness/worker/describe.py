"""Says in JSON what a workload file declares, without executing a line of it.

Runs inside `membench-worker --describe FILE`. The syntax tree is enough: PARAMS, TIMEOUT and EXPECT
are constants, and constant arithmetic such as 16 << 20 is evaluated from the tree.
"""

import ast
import hashlib
import json
import math
import operator
import sys

OPERATORS = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv, ast.LShift: operator.lshift, ast.USub: operator.neg,
}
TYPES = {int: "i", float: "f", bool: "b", str: "s"}
OUTCOMES = ["ok", "workload-error", "crashed", "timed-out", "out-of-memory"]


class Refused(Exception):
    """What is wrong with the file, and what to do about it."""

    def __init__(self, message, hint):
        super().__init__(message)
        self.hint = hint


def refuse_at(node, message, hint):
    raise Refused(f"line {node.lineno}: {message}", hint)


def plain(text):
    """The text with what JSON, or a string in C, cannot hold as it is written in Python."""
    return text.encode("utf-8", "backslashreplace").decode().replace("\0", "\\0")


def constant(node):
    """The value of a constant expression."""
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, ast.UnaryOp) and type(node.op) in OPERATORS:
        return OPERATORS[type(node.op)](constant(node.operand))
    if isinstance(node, ast.BinOp) and type(node.op) in OPERATORS:
        return OPERATORS[type(node.op)](constant(node.left), constant(node.right))
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow):
        base, exponent = constant(node.left), constant(node.right)
        if abs(exponent) <= 64:
            return base ** exponent
    raise ValueError


def parameters(node):
    """[[name, type, value as text], ...] of the dictionary display that PARAMS is."""
    hint = "write PARAMS = {\"name\": 1, ...} with int, float, bool or str constants"
    if not isinstance(node, ast.Dict):
        refuse_at(node, "PARAMS is not a dictionary of constants", hint)
    found = []
    for key, value in zip(node.keys, node.values):
        name = key.value if isinstance(key, ast.Constant) else None
        if not isinstance(name, str) or not name.isidentifier():
            refuse_at(value, "a parameter's name is not an identifier in quotes", hint)
        try:
            default = constant(value)
        except (ValueError, TypeError, ArithmeticError):
            refuse_at(value, f"the default of parameter '{name}' is not a constant", hint)
        if type(default) not in TYPES:
            refuse_at(value, f"the default of parameter '{name}' is of type "
                      f"{type(default).__name__}", hint)
        text = default if isinstance(default, str) else repr(default)
        if text != plain(text):
            refuse_at(value, f"the default of parameter '{name}' has a character that no argument "
                      "of a program can hold", hint)
        found.append([name, TYPES[type(default)], text])
    return found


def timeout(node):
    try:
        seconds = constant(node)
        if type(seconds) in (int, float) and 0 < seconds < math.inf:
            return seconds
    except (ValueError, TypeError, ArithmeticError):
        pass
    return refuse_at(node, "TIMEOUT is not a number above 0", "give seconds, as in TIMEOUT = 60")


def expect(node):
    value = node.value if isinstance(node, ast.Constant) else None
    if value not in OUTCOMES:
        refuse_at(node, "EXPECT is not an outcome", "one of " + ", ".join(OUTCOMES))
    return value


def is_workload_run(node):
    """Whether a statement defines a run that takes p, and nothing else that it must be given."""
    if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) or node.name != "run":
        return False
    arguments = node.args
    positional = len(arguments.posonlyargs) + len(arguments.args)
    required = positional - len(arguments.defaults)
    needs_keywords = any(default is None for default in arguments.kw_defaults)
    return not needs_keywords and required <= 1 and (positional >= 1 or arguments.vararg)


def describe(path):
    with open(path, "rb") as file:
        source = file.read()
    if b"\0" in source:
        raise Refused("it is a binary file", "give a file of Python source")
    tree = ast.parse(source, path)
    summary = plain((ast.get_docstring(tree) or "").partition("\n")[0].strip())
    answer = {"kind": "script", "summary": summary, "parameters": [], "timeout": None,
              "expect": "ok", "sha256": hashlib.sha256(source).hexdigest()}
    readers = {"PARAMS": ("parameters", parameters), "TIMEOUT": ("timeout", timeout),
               "EXPECT": ("expect", expect)}
    declared = {}
    for node in tree.body:
        if is_workload_run(node):
            answer["kind"] = "workload"
        if isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Name) and target.id in readers:
                    declared[target.id] = node.value
    if answer["kind"] == "workload":
        for name, value in declared.items():
            key, reader = readers[name]
            answer[key] = reader(value)
    return answer


def main(path):
    try:
        answer = describe(path)
    except Refused as refused:
        answer = {"error": str(refused), "hint": refused.hint}
    except SyntaxError as error:
        line = (error.text or "").strip()
        answer = {"error": f"line {error.lineno}: {error.msg}: {line}" if line else
                  f"line {error.lineno}: {error.msg}", "hint": "membench runs Python "
                  + ".".join(map(str, sys.version_info[:2])) + " files"}
    except (OSError, ValueError, RecursionError, MemoryError) as error:
        answer = {"error": getattr(error, "strerror", None) or str(error) or type(error).__name__,
                  "hint": "give a readable file of Python source"}
    print(json.dumps(answer))


main(sys.argv[0])
