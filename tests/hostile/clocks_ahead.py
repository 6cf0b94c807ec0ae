"""Three of four clocks are three minutes ahead, then put right: the book goes on at once."""

import glob
import time

from client import note, register
from trial import Skipped

AHEAD_S = 180
WRONG = [0, 2, 3]
GOES_ON_S = 30
FAKETIME = "/usr/lib/*/faketime/libfaketimeMT.so.1"


def environment():
    """What makes a process see another time of day; its patience goes by the true clock."""
    found = glob.glob(FAKETIME)
    if not found:
        raise Skipped("libfaketime is missing: apt-get install faketime")
    return {"LD_PRELOAD": found[0], "FAKETIME": f"+{AHEAD_S}s", "FAKETIME_DONT_FAKE_MONOTONIC": "1"}


def restart(book, nodes, environment=None):
    for node in nodes:
        book.nodes[node].child.terminate()
    for node in nodes:
        book.nodes[node].end(5)
    for node in nodes:
        book.start(node, environment)
    book.wait()


def blocks_ahead(book, party):
    """Writes until a block has the wrong time; how far ahead the newest block is."""
    ahead = 0
    end = time.monotonic() + 20
    while ahead < AHEAD_S - 30 and time.monotonic() < end:
        party.act(note("The clock is wrong."), wait=3)
        status = book.api(0).status()
        ahead = status["time_ms"] / 1000 - time.time() if status else 0
    return round(ahead)


def first_final(book, party):
    """Seconds until an operation is final at each node, or None."""
    begun = time.monotonic()
    missing = set(range(book.count))
    while missing and time.monotonic() < begun + GOES_ON_S:
        for node in list(missing):
            left = begun + GOES_ON_S - time.monotonic()
            answer, _ = party.at(book.api(node)).act(note("The clock is right."),
                                                     wait=max(1, min(10, int(left))))
            if answer.final:
                missing.discard(node)
    return None if missing else round(time.monotonic() - begun, 1)


def run(trial):
    wrong = environment()
    book = trial.found(4)
    party, answer = register(book.api(0), book.network, "Punctual clinic")
    assert answer.final, f"the clinic is registered: {answer}"
    trial.observe()
    restart(book, WRONG, wrong)
    ahead = blocks_ahead(book, party)
    trial.figures["blocks_ahead_s"] = ahead
    if ahead < AHEAD_S - 30:
        # A book that takes no time ahead of most clocks is as good; it must go on all the same.
        trial.figures["note"] = "no block was made with the wrong time"
    restart(book, range(4))
    seconds = first_final(book, party)
    trial.figures["goes_on_s"] = seconds
    trial.expect(seconds is not None,
                 f"after the clocks are right every node makes operations final within {GOES_ON_S} "
                 f"s (took {seconds} s; blocks were {ahead} s ahead)")
    trial.judge_lives()
