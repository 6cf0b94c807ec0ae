"""Long answers that are asked for by many connections and never read."""

from client import ATTACKER_ADDRESS, Api, connect, note, register
from crowd import hold_open

# Together they fill more than the longest answer that a mirror is given.
LONG_NOTES = 1600
LONG_NOTE_CHARS = 3_996
PART = 80
CONNECTIONS = 1200
ATTACK_S = 12
PATHS = ["/v1/mirror/1", "/v1/mirror/2", "/v1/mirror/1", "/log/tile/entries/000",
         "/v1/records?limit=200", "/v1/stream?from=0"]


def ask_and_leave(gate, port, count):
    def begin(number):
        one = connect(port, ATTACKER_ADDRESS, timeout=2, receive_bytes=4096)
        path = PATHS[number % len(PATHS)]
        one.sendall(f"GET {path} HTTP/1.1\r\nHost: node\r\n\r\n".encode())
        return one

    gate.ready()
    return hold_open(gate, begin, count, ATTACK_S)


def fill(book):
    """Writes long notes; how many the book took."""
    api = Api(book.ports[0], ATTACKER_ADDRESS)
    authors = [register(api, book.network, f"Chronicle {number}")[0] for number in range(8)]
    taken = 0
    text = "abcdefgh " * (LONG_NOTE_CHARS // 9) + "."
    for at in range(0, LONG_NOTES, PART):
        part = [authors[number % len(authors)].sign(note(text))[0]
                for number in range(at, at + PART)]
        taken += api.batch(part, wait=5, timeout=15).count("final")
    return taken


def run(trial):
    book = trial.found(1)
    trial.figures["long_notes"] = fill(book)
    trial.figures["mirror_answer_mb"] = round(
        len(book.api(0).get("/v1/mirror/1").body) / 2**20, 1)
    trial.honest([0])
    crowd = trial.crowd()
    crowd.add(ask_and_leave, book.ports[0], trial.scaled(CONNECTIONS))
    trial.endure(crowd, ATTACK_S)
    trial.judge()
