"""Operations in made-up names, and in a victim's name, all signed by a key that nobody registered.

Who has no account must not take the places of those who have one, and nobody's own share may be
charged for what others claim to have said.
"""

import secrets

from client import Key, envelope, note, operation
from crowd import send_batches

# As many as one sender may have waiting, and then in one name each.
ONE_NAME = 8192
MADE_UP = 4000
VICTIM = 9000
ATTACK_S = 8


def junk(gate, network, port, names):
    key = Key()
    envelopes = [envelope(operation(network, note("Nobody wrote this."), name), [key])[0]
                 for name in names]
    gate.ready()
    return send_batches(gate, port, envelopes, threads=2, seconds=ATTACK_S)


def run(trial):
    book = trial.found(4)
    users = trial.honest([0, 1])
    network, port = book.network, book.ports[0]
    one = [secrets.token_hex(32)] * trial.scaled(ONE_NAME)
    many = [secrets.token_hex(32) for _ in range(trial.scaled(MADE_UP))]
    victim = [users.parties[0].id] * trial.scaled(VICTIM)
    crowd = trial.crowd()
    crowd.add(junk, network, port, one + many)
    crowd.add(junk, network, port, victim)
    trial.endure(crowd, 10)
    trial.judge()
    rows, _ = users.between(trial.begun, trial.ended)
    away = sum(row.turned_away for row in rows if row.node == 0)
    trial.expect(away == 0, f"the victim is turned away {away} times because of operations that "
                            "others signed in their name")
