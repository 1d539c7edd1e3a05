"""Cycles with __del__: freed since Python 3.4, kept for ever in 2017.

The two cases of the 2017 post. Objects that have a `__del__` and refer to themselves are dropped all at once, and
nothing happens afterwards that would make the cycle collector run.

  legacy false  today's Python: `collected` finds them, runs each `__del__`, frees them. gc.garbage stays empty.
  legacy true   the same class with Python 2's finalizer: `collected` finds them, may not break the cycle, and puts
                all of them into gc.garbage. `-p legacy=true`; only inside membench, whose built-in module `membench`
                marks the class. Since Python 3.4 only C types behave so by themselves (PEP 442).

Stresses the layer above malloc: garbage that is not yet collected, or never will be. In either case it is still in
memory at `end` and `settled`: only `settled` minus `collected` tells them apart. With the defaults 20000 objects hold
about 43 MB. Expect in `garbage_objects` at `collected`: 0, or `count` with legacy; in `anon`: back to nearly `start`,
or no change at all. Phase `loaded`: all objects alive. Figures: measured with this file.
"""
try:
    from membench import legacy_finalizer
except ImportError:  # plain python3
    legacy_finalizer = None

PARAMS = {"legacy": False, "count": 20_000, "payload": 2_000}


class Connection:
    """Holds itself through a bound method: the commonest cycle there is."""

    def __init__(self, payload):
        self.payload = b"x" * payload  # not bytes(payload): its pages would stay untouched
        self.on_close = self.close

    def close(self):
        self.payload = None

    def __del__(self):
        self.close()


def connection_class(legacy):
    if not legacy:
        return Connection
    if legacy_finalizer is None:
        raise RuntimeError("legacy finalizers need the built-in module 'membench': run this file with membench")
    # A subclass, so that Connection itself stays modern in a process that runs both.
    return legacy_finalizer(type("LegacyConnection", (Connection,), {}))


def run(p):
    cls = connection_class(p.legacy)
    connections = [cls(p.payload) for _ in range(p.count)]
    yield "loaded"
    connections.clear()
