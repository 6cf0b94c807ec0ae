"""A mirror that follows a liar: blocks without certificates, each linked to the one before.

First the liar sends as many blocks as asked for, each of the longest size, with a header that
follows the last. Then it sends one answer that never ends.
"""

import hashlib
import http.server
import threading
import time

from book import Process, free_ports
from client import NODE_ADDRESS

MEMORY_MB = 600
ATTACK_S = 18
ENDLESS_AFTER_S = 11
BODY = 4 << 20
BLOCKS = 2
HEADER = 256


class Liar:
    """Builds headers that follow each other without end."""

    def __init__(self, first):
        """`first` is the header of the true first block: its network and parent are believed."""
        self.first = first
        self.body = b"\0" * BODY
        self.body_hash = hashlib.sha256(self.body).digest()
        self.parents = [first[48:80]]
        self.lock = threading.Lock()

    def header(self, height):
        """The header at a height; those below it are made on the way."""
        with self.lock:
            while len(self.parents) <= height:
                digest = hashlib.sha256(self.make(len(self.parents))).digest()
                self.parents.append(digest)
            return self.make(height)

    def make(self, height):
        fixed = self.first
        return b"".join([fixed[:40], height.to_bytes(8, "big"), self.parents[height - 1],
                         fixed[80:224], self.body_hash])

    def block(self, height):
        """A sealed block without a certificate, as a mirror is given it."""
        header = self.header(height)
        size = len(header) + len(self.body)
        return [size.to_bytes(4, "big"), header, self.body, bytes(4)]


def true_first_header(api):
    """The first block's header, out of what a node gives its mirrors."""
    body = api.get("/v1/mirror/1").body
    header = body[4:4 + HEADER]
    assert header.startswith(b"WEALBLK1"), f"no block in what a mirror is given: {header[:16]!r}"
    return header


def lie(gate, port, first, pages):
    """Serves the liar until the attack is over; how much it sent, in MB."""
    liar, sent = Liar(first), [0]
    gate.ready()
    begun = time.monotonic()

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_):
            pass

        def do_GET(self):
            if self.path.startswith("/v1/mirror/"):
                self.send_blocks(int(self.path.rsplit("/", 1)[1]))
                return
            page = pages.get(self.path)
            self.send_response(200 if page else 404)
            self.send_header("content-length", str(len(page or b"")))
            self.end_headers()
            self.wfile.write(page or b"")

        def send_blocks(self, start):
            parts = [part for height in range(start, start + BLOCKS) for part in liar.block(height)]
            endless = time.monotonic() > begun + ENDLESS_AFTER_S
            self.send_response(200)
            self.close_connection = endless
            if not endless:
                self.send_header("content-length", str(sum(map(len, parts))))
            self.end_headers()
            try:
                while not gate.over():
                    for part in parts:
                        self.wfile.write(part)
                        sent[0] += len(part)
                    if not endless:
                        return
            except OSError:
                pass

    server = http.server.ThreadingHTTPServer((NODE_ADDRESS, port), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    while not gate.sleep(0.2) and time.monotonic() < begun + ATTACK_S:
        pass
    server.shutdown()
    return {"MB sent": sent[0] >> 20}


def run(trial):
    book = trial.found(1)
    pages = {path: book.api(0).get(path).body
             for path in ("/v1/genesis", "/v1/rules", "/v1/status")}
    web, peers, upstream = free_ports(3)
    trial.honest([0], readers=[web])
    first = true_first_header(book.api(0))
    crowd = trial.crowd()
    crowd.add(lie, upstream, first, pages)
    crowd.prepared()
    crowd.begin()
    time.sleep(0.5)
    words = [trial.weal, "node", "follow", "--from", f"http://{NODE_ADDRESS}:{upstream}",
             "--data", trial.book.data("mirror"), "--listen", f"{NODE_ADDRESS}:{web}",
             "--peers-listen", f"{NODE_ADDRESS}:{peers}"]
    mirror = Process(words, trial.book.home / "mirror.log", book.environment)
    try:
        judge(trial, crowd, mirror, web)
    finally:
        mirror.end(3)


def judge(trial, crowd, mirror, web):
    """Honest readers ask the mirror; the honest writer is at the true node."""
    trial.observe(1.3 * MEMORY_MB, processes=lambda: [mirror], ports=[web])
    trial.endure(crowd, ATTACK_S)
    trial.judge(MEMORY_MB)
    trial.expect(mirror.alive(), f"the mirror lives ({mirror.last_words(1)})")
    health = trial.book.api(0).get("/health").status
    trial.expect(health == 200, f"the true node is well (/health answers {health})")
