"""Request bursts: a threaded server renders and caches; little stays.

The server of 2017 whose memory never came down. One call of run() is one burst; `--cycles 5` is the intended use. The
imports and the long-lived objects are made when this file is imported, so they belong to `start`; the threads start
with the first burst and stay, idle, as a server's do.

The main thread is the front: it receives deflated bodies (2 kB to 6 MB, log-uniform), inflates them and hands the text
to a worker. A worker parses the JSON into thousands of small objects, keeps rows in SQLite, renders the page section by
section, and holds it all until a slow client has taken the answer. Under 1 % of the objects survive as sessions;
sections stay in a cache that is bounded and evicts at random.

Stresses every layer at once, which is the point:
  pymalloc    its arenas, emptied but for scattered sessions. No malloc can give them back.
  malloc      holes of 1-60 kB between cached sections, which malloc_trim(0) returns,
  and         the free top of each thread's arena in glibc, which malloc_trim(0) does not.
  live        12 MB of cache, the sessions.

Expect, with `--cycles 5`, in `anon` (Python 3.11, glibc 2.36): `start` about 45 MB, the peak four times that, and 90 %
of the growth still there at `settled`. Nearly half of it is pymalloc's arenas; a fifth goes at `released`. Of what
glibc keeps, stock tcmalloc keeps 95 %, jemalloc-background about 70 % (with `--settle 5`; it decays for 4 s, and after
1 s still holds 80 %), glibc-tuned about 60 %. Figures: measured with this file; threads run freely, so a single trial
is within 10 % of them. The proportions are those of real threaded web applications.
"""
import html
import importlib
import json
import logging
import math
import os
import queue
import random
import sqlite3
import threading
import time
import zlib

PARAMS = {
    "threads": 16,
    "requests": 32,  # in one burst
    "smallest_body": 2_000,
    "largest_body": 6_000_000,
    "client_seconds": 0.1,  # how long a client takes to fetch its answer
    "cache_bytes": 12_000_000,
    "sessions": 6_000,
    "seed": 1,
}

NETWORK_READ = 16 * 1024
SECTION_RECORDS = 40
STORED_RECORDS = 400
SESSIONS_PER_REQUEST = 60
SESSION_SHARE = 0.006

# Loaded for their weight: a real server holds the code of many libraries that a request never touches.
LIBRARIES = """
    argparse asyncio calendar concurrent.futures configparser csv ctypes dataclasses decimal difflib doctest
    email.mime.multipart fractions ftplib gettext gzip hashlib http.client http.server imaplib ipaddress locale
    multiprocessing pickle plistlib pydoc secrets smtplib ssl statistics string tarfile tempfile textwrap typing
    unittest.mock urllib.request uuid xml.dom.minidom xml.etree.ElementTree zipfile
"""


def log_uniform(rng, low, high):
    return int(math.exp(rng.uniform(math.log(low), math.log(high))))


def body_sizes(rng, count, low, high):
    """Log-uniform as in traffic, one from each of `count` equal strata: seeds differ in order, hardly in weight."""
    sizes = [int(low * (high / low) ** ((stratum + rng.random()) / count)) for stratum in range(count)]
    rng.shuffle(sizes)
    return sizes


# ---- The client: bodies that cost it next to nothing, so that the time and the memory are the server's.

def words(rng, size):
    return " ".join(f"{rng.randrange(4096):x}" * 2 for _ in range(size // 6))


def product(rng, number):
    """One record as JSON: a dozen small objects. One in 30 has a long text, which malloc serves, not pymalloc."""
    long_text = number % 30 == 0
    return json.dumps({
        "id": number,
        "name": f"name{rng.randrange(10**6)}",
        "price": round(rng.random() * 100, 2),
        "tags": [f"a{rng.randrange(97)}", f"b{rng.randrange(31)}"],
        "variants": [{"size": rng.randrange(300, 9000), "left": rng.randrange(300, 9000)} for _ in range(2)],
        "text": words(rng, log_uniform(rng, 600, 8_000) if long_text else log_uniform(rng, 12, 100)),
    })


class Client:
    """Makes deflated JSON lists out of pieces deflated beforehand: after a full flush they can be joined freely."""

    def __init__(self, rng):
        records = [product(rng, number) for number in range(2_000)]
        texts = ["".join(record + "," for record in records[i:i + 8]) for i in range(0, len(records), 8)]
        self.pieces = [self.deflate(text, zlib.Z_FULL_FLUSH) for text in texts]
        self.piece_bytes = sum(map(len, texts)) // len(texts)
        self.head = self.deflate("[", zlib.Z_FULL_FLUSH)
        self.tail = self.deflate("null]", zlib.Z_FINISH)

    @staticmethod
    def deflate(text, flush):
        deflater = zlib.compressobj(1, wbits=-zlib.MAX_WBITS)
        return deflater.compress(text.encode()) + deflater.flush(flush)

    def body(self, rng, size):
        count = max(1, size // self.piece_bytes)
        return self.head + b"".join(rng.choices(self.pieces, k=count)) + self.tail


# ---- What the server holds before its first request: made at import, so that it is part of `start`.

class Site:
    def __init__(self):
        for name in LIBRARIES.split():
            importlib.import_module(name)
        rng = random.Random("site")
        self.client = Client(rng)
        self.routes = {f"/route/{i}": self.route(rng, i) for i in range(30_000)}
        self.templates = [f"<p>{i}</p>" * log_uniform(rng, 60, 900) for i in range(1_500)]

    @staticmethod
    def route(rng, number):
        return {"id": number, "tags": [f"tag{rng.randrange(1000)}" for _ in range(4)], "weight": rng.random()}


SITE = Site()


# ---- One request's way through the server.

def receive(deflated):
    inflater = zlib.decompressobj(wbits=-zlib.MAX_WBITS)
    reads = range(0, len(deflated), NETWORK_READ)
    return b"".join([inflater.decompress(deflated[i:i + NETWORK_READ]) for i in reads]).decode()


def render(records, rows):
    """The page as a list of sections, each built piece by piece."""
    sections = ["".join(f"<i>{name}</i>{text[:40]}" for name, text in rows).encode()]
    for start in range(0, len(records), SECTION_RECORDS):
        parts = []
        for record in records[start:start + SECTION_RECORDS]:
            text = html.escape(record["text"][:200])
            parts.append(f"<li><b>{record['name']}</b> {record['price']:.2f} <p>{text}</p></li>")
        sections.append("".join(parts).encode())
    return sections


class Worker(threading.Thread):
    """A thread that stays, with its own inbox and its own database connection."""

    def __init__(self, server):
        super().__init__(daemon=True)  # a trial ends without waiting for it
        self.server = server
        self.inbox = queue.Queue()
        self.failure = None
        self.start()

    def run(self):
        self.database = sqlite3.connect(":memory:")
        self.database.execute("create table record (id integer primary key, name text, body text)")
        while True:
            self.answer(*self.inbox.get())  # in a call of its own: an idle worker must not hold its last request
            self.inbox.task_done()

    def answer(self, number, text, client_seconds):
        try:
            records = json.loads(text)
            records.pop()  # the closing null
            sections = render(records, self.store(records))
            page = zlib.compress(b"".join(sections), 1)
            self.server.log.info("request %d: %d records, %d bytes, %s", number, len(records), len(page), records[0])
            time.sleep(client_seconds)
            self.server.remember(number, records, sections)
        except Exception as error:  # a thread's exception would be lost: burst() raises it
            self.failure = error

    def store(self, records):
        rows = ((record["name"], record["text"][:200]) for record in records[:STORED_RECORDS])
        self.database.executemany("insert into record (name, body) values (?, ?)", rows)
        found = self.database.execute("select name, body from record order by id desc limit 200").fetchall()
        self.database.execute("delete from record where id <= (select max(id) from record) - ?", (STORED_RECORDS,))
        return found


class Server:
    """The state that outlives a request: workers, sessions, cached sections."""

    def __init__(self, p):
        self.p = p
        self.requests = 0
        self.lock = threading.Lock()
        self.sessions = {}
        self.cache = {}
        self.cached_bytes = 0
        self.log = logging.getLogger("request_bursts")
        self.log.propagate = False
        self.log.setLevel(logging.INFO)
        self.log.addHandler(logging.StreamHandler(open(os.devnull, "w")))
        self.workers = [Worker(self) for _ in range(p.threads)]

    def burst(self, requests, largest_body, client_seconds):
        rng = random.Random(f"burst {self.p.seed} {self.requests}")
        for size in body_sizes(rng, requests, self.p.smallest_body, largest_body):
            worker = self.workers[self.requests % len(self.workers)]
            worker.inbox.put((self.requests, receive(SITE.client.body(rng, size)), client_seconds))
            self.requests += 1
        for worker in self.workers:
            worker.inbox.join()
            if worker.failure:
                raise worker.failure

    def remember(self, number, records, sections):
        # From the request's own number: what survives must not depend on which thread was faster.
        rng = random.Random(f"survivors {self.p.seed} {number}")
        kept = min(SESSIONS_PER_REQUEST, round(len(records) * SESSION_SHARE))
        with self.lock:
            for record in rng.sample(records, kept):
                self.sessions[record["name"]] = record
            for index, section in enumerate(sections):
                self.cache[number, index] = section
                self.cached_bytes += len(section)
            self.evict(rng)

    def evict(self, rng):
        """At random, as many caches do: what stays is then scattered over the heap."""
        names = rng.sample(list(self.sessions), max(0, len(self.sessions) - self.p.sessions))
        for name in names:
            del self.sessions[name]
        keys = list(self.cache)
        rng.shuffle(keys)
        while self.cached_bytes > self.p.cache_bytes:
            self.cached_bytes -= len(self.cache.pop(keys.pop()))


SERVER = None  # outlives run(): the next cycle's burst meets the same threads, cache and sessions


def run(p):
    global SERVER
    if SERVER is None:
        SERVER = Server(p)
    SERVER.burst(p.requests, p.largest_body, p.client_seconds)
    return SERVER


def tick(server):
    """One small request for each thread: as many in a row as there are threads, dealt round."""
    server.burst(len(server.workers), 2 * server.p.smallest_body, client_seconds=0)
