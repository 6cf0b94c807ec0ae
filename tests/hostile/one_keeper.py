"""One keeper of four appoints a friend as legal authority; the friend hides a hospital's words."""

import time

from client import note, register

A_WEEK_MS = 7 * 24 * 3600 * 1000


def appoint(book, friend, keeper):
    """A keeper's owner attests that the friend is a legal authority."""
    owner = book.owner(keeper)
    office, answer = register(book.api(0), book.network, f"Office of keeper {keeper}", [owner])
    if not answer.final:
        return answer
    expires = time.time_ns() // 1_000_000 + A_WEEK_MS
    attest = {"subject": friend.id, "role": "legal-authority", "expires": expires}
    return office.act({"role.attest": attest})[0]


def hide(friend, record):
    act = {"record.respond": {"record": record, "kind": "hide", "reason": "a rumour"}}
    return friend.act(act)[0]


def unreadable(book, record):
    """The nodes that do not give the words of a record any more."""
    answers = [book.api(node).get(f"/v1/records/{record}/payload") for node in range(book.count)]
    return [node for node, answer in enumerate(answers) if answer.status != 200]


def run(trial):
    book = trial.found(4)
    api, network = book.api(0), book.network
    hospital, _ = register(book.api(1), network, "Outspoken hospital")
    friend, _ = register(api, network, "Friend of a keeper")
    answer, record = hospital.act(note("We have no masks left and nurses fall ill."))
    trial.expect(answer.final, f"the hospital's note is final ({answer})")
    trial.expect(not hide(friend, record).final, "who is no authority hides nothing")
    trial.figures["appointed by one"] = str(appoint(book, friend, 0))
    answer = hide(friend, record)
    trial.expect(not answer.final, f"whom one keeper appointed hides nothing ({answer})")
    # The same keeper once more is still one keeper.
    trial.figures["appointed twice by one"] = str(appoint(book, friend, 0))
    _, second = hospital.act(note("We still have none."))
    answer = hide(friend, second)
    trial.expect(not answer.final, f"one keeper counts once, however often they appoint ({answer})")
    time.sleep(0.5)
    hidden = unreadable(book, record) + unreadable(book, second)
    trial.expect(not hidden, f"every node gives the hospital's words (not nodes {hidden})")
    # Not judged, since the book may want another way: what all keepers together can do.
    for keeper in range(1, 4):
        trial.figures[f"appointed by keeper {keeper}"] = str(appoint(book, friend, keeper))
    trial.figures["hidden by an authority of all four"] = str(hide(friend, record))
