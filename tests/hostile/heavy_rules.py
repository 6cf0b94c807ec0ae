"""A fund whose rules are allowed and work hard: small operations that cost every node much time.

The attacker asks for as much work as the book still accepts, so that a bound on one operation does
not make this attack easy.
"""

from client import ATTACKER_ADDRESS, Api, Key, envelope, operation, register
from crowd import send_batches

TRIGGERS = 3000
ACCOUNTS = 8
# Rounds of the loop in each rule: from the most work down to little.
ROUNDS = [3000, 2200, 1000, 300, 100, 30]
COUNTERS = 31


def charter_text(rounds):
    """A text with one flow that asks as many rules as a flow may, each with a long loop."""
    names = [f"tally_{number}" for number in range(COUNTERS)]
    counters = "\n".join(f'counter("{name}", low = 0, high = 1000)' for name in names)
    counts = ", ".join(f'["{name}", toil]' for name in names)
    return f'''charter(
    name = "Treadmill", kind = "other", money = "CNY", case = "walk",
    language = 1, review_days = 0, audits = 0, last_year = 2090,
)
pot("drum")
party("walker", opens = True)
{counters}

def toil(month):
    "Counts steps and arrives nowhere."
    steps = 0
    for step in range({rounds}):
        steps = steps + 1
    return steps - {rounds}

def may_walk(month):
    "It takes as long to find out as to walk."
    return toil(month) == 0

def has_ended(year):
    "After the last year."
    return year > 2090

flow("fill", source = "outside", to = "drum", by = ["anyone"], amount = "stated")
flow("walk", source = "drum", to = "walker", by = ["anyone"], amount = toil, when = may_walk,
     counts = [{counts}])
flow("empty", source = "drum", to = "walker", by = ["anyone"], amount = "all", when = has_ended,
     ends = True)

example(toil(24000), 0)
example(may_walk(24000), True)
example(has_ended(2091), True)
'''


def walk(charter):
    return {"charter.trigger": {"charter": charter, "flow": "walk", "case": 0}}


def open_hardest(author):
    """Publishes the hardest text of which the book lets a flow run; its id and its rounds."""
    answers = []
    for rounds in ROUNDS:
        answer, charter = author.act(
            {"charter.publish": {"text": charter_text(rounds), "issuer": author.id}})
        for act in ({"charter.lock": {"charter": charter}}, {"charter.open": {"charter": charter}},
                    walk(charter)):
            if answer.final:
                answer, _ = author.act(act)
        answers.append(str(answer))
        if answer.final:
            return charter, rounds, answers
    return None, 0, answers


def trigger(gate, network, port, charter, accounts):
    keys = [(identity, Key(seed)) for identity, seed in accounts]
    envelopes = []
    for number in range(TRIGGERS):
        identity, key = keys[number % len(keys)]
        envelopes.append(envelope(operation(network, walk(charter), identity), [key])[0])
    gate.ready()
    return send_batches(gate, port, envelopes)


def run(trial):
    book = trial.found(4)
    network = book.network
    api = Api(book.ports[0], ATTACKER_ADDRESS)
    keys = [Key(bytes([number]) * 32) for number in range(ACCOUNTS)]
    parties = [register(api, network, f"Walker {number}", [key])[0]
               for number, key in enumerate(keys)]
    charter, rounds, answers = open_hardest(parties[0])
    trial.figures["rounds"] = rounds
    if not charter:
        trial.expect(False, f"the book runs no text at all, not even a light one: {answers}")
        return
    trial.honest([0, 1])
    accounts = [(party.id, bytes([number]) * 32) for number, party in enumerate(parties)]
    crowd = trial.crowd()
    crowd.add(trigger, network, book.ports[0], charter, accounts)
    trial.endure(crowd, 12)
    trial.judge()
