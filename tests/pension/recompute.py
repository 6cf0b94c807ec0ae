#!/usr/bin/env python3
"""Works out every payment of a charter from the exported log, with nothing of ours.

Reads the log as `book.py` exports it, runs the charter's own text under Python with stub functions,
follows spec/operations.md and spec/charter.md act by act, and prints what was paid as JSON lines.
With --compare it says where another list of payments differs, and ends with 1 if it does.
"""

import argparse
import base64
import datetime
import hashlib
import json
import sys
from fractions import Fraction

BATCH_CASES = 1000
DAY_MS = 86_400_000


def mul_div(a, b, c, rounding="half_even"):
    exact = Fraction(a * b, c)
    down = exact.numerator // exact.denominator
    rest = exact - down
    if rounding == "floor" or rest == 0:
        return down
    if rounding == "ceil":
        return down + 1
    if rest != Fraction(1, 2):
        return down + (1 if rest > Fraction(1, 2) else 0)
    if rounding == "half_up":
        return down + (1 if down >= 0 else 0)
    return down + down % 2


def split(amount, weights):
    whole = sum(weights)
    parts = [amount * weight // whole for weight in weights]
    order = sorted(range(len(weights)), key=lambda at: (-(amount * weights[at] % whole), at))
    for at in order[: amount - sum(parts)]:
        parts[at] += 1
    return parts


class Moment:
    def __init__(self, day):
        date = datetime.date(1970, 1, 1) + datetime.timedelta(days=day)
        self.day, self.year, self.month = day, date.year, date.year * 12 + date.month - 1

    @staticmethod
    def first_of(month):
        date = datetime.date(month // 12, month % 12 + 1, 1)
        return Moment((date - datetime.date(1970, 1, 1)).days)


class Declared:
    """A text, as its stub functions see it."""

    def __init__(self, text):
        self.pots, self.parties, self.fields, self.counters = {}, {}, {}, {}
        self.flows, self.parameters, self.roles, self.head = {}, {}, {}, {}
        self.evidence = {}
        names = {
            "charter": lambda **values: self.head.update(values),
            "pot": lambda name, **values: self.pots.update({name: values}),
            "role": lambda name, **values: self.roles.update({name: values}),
            "party": lambda name, **values: self.parties.update({name: values}),
            "param": lambda name, **values: self.parameters.update({name: values}),
            "field": lambda name, **values: self.fields.update({name: values}),
            "counter": lambda name, **values: self.counters.update({name: values}),
            "evidence": lambda name, **values: self.evidence.update({name: values}),
            "flow": lambda name, **values: self.flows.update({name: values}),
            "brake": lambda **values: None,
            "people": lambda **values: None,
            "example": self.example,
            "mul_div": mul_div,
        }
        exec(text, names)  # The text is the program: that is the point.

    @staticmethod
    def example(found, wanted):
        assert found == wanted, f"an example gives {found}, not {wanted}"

    def own(self, pot):
        return self.pots[pot].get("per") == "case"

    def clock(self, flow):
        by = flow["by"]
        return by[0] if by[0].startswith("clock:") else None

    def per_case(self, flow):
        names = [flow["source"], flow["to"], flow.get("rest_to")]
        rules = [flow[key] for key in ("when", "plan") if key in flow]
        rules += [flow["amount"]] if callable(flow["amount"]) else []
        rules += [rule for _, rule in flow.get("counts", [])]
        inputs = [name for rule in rules for name in inputs_of(rule)]
        return bool(
            any(name in self.pots and self.own(name) for name in names)
            or flow["to"] in self.parties
            or any(name in self.parties for name in flow["by"])
            or flow.get("evidence") or flow.get("stopped_by") or flow.get("counts")
            or flow.get("wait_days") or flow.get("ends")
            or any(
                name in self.fields or name in self.counters or name in self.parties
                or (name in self.pots and self.own(name))
                for name in inputs
            )
        )


def inputs_of(rule):
    return rule.__code__.co_varnames[: rule.__code__.co_argcount]


class Case:
    def __init__(self, declared, act, actor, month):
        self.parties = {}
        for name, party in declared.parties.items():
            named = act.get("parties", {}).get(name, [])
            own = [(actor, 1)] if party.get("opens") else None
            self.parties[name] = own or [(one["principal"], one["weight"]) for one in named]
        self.fields = {
            name: act.get("fields", {}).get(name, field["low"])
            for name, field in declared.fields.items()
        }
        self.counters = {name: 0 for name in declared.counters}
        self.pots = {name: 0 for name in declared.pots}
        self.opened, self.ended, self.last = month, False, {}
        self.shown, self.asked = [], {}


class Fund:
    """One charter, followed entry by entry."""

    def __init__(self, text):
        self.declared = Declared(text)
        self.pots = {name: 0 for name in self.declared.pots}
        self.all = {name: 0 for name in self.declared.counters}
        self.parameters = {name: one["start"] for name, one in self.declared.parameters.items()}
        self.cases, self.due, self.last, self.payments = [], {}, {}, []
        self.month, self.at, self.begun = None, 0, None

    def open_cases(self):
        return sum(not case.ended for case in self.cases)

    def value(self, name, case, moment, stated=0, begun=None):
        if name in self.declared.pots and not self.declared.own(name):
            return (begun["pots"] if begun else self.pots)[name]
        if name.startswith("all_"):
            return (begun["all"] if begun else self.all)[name[4:]]
        if name == "cases":
            return begun["open"] if begun else self.open_cases()
        fixed = {"stated": stated, "day": moment.day, "month": moment.month, "year": moment.year}
        for known in (fixed, self.parameters):
            if name in known:
                return known[name]
        for known in (case.pots, case.fields, case.counters):
            if name in known:
                return known[name]
        return sum(weight for _, weight in case.parties[name])

    def ask(self, rule, case, moment, stated=0, begun=None):
        return rule(*(self.value(n, case, moment, stated, begun) for n in inputs_of(rule)))

    def says(self, flow, case, moment, stated=0, begun=None):
        """What the rules say: the amount and the counts, or nothing."""
        asked = (case, moment, stated, begun)
        if "when" in flow and not self.ask(flow["when"], *asked):
            return None
        amount = flow["amount"]
        if callable(amount):
            amount = max(self.ask(amount, *asked), 0)
        elif amount == "all":
            amount = self.held(flow["source"], case)
        else:
            amount = stated
        counts = [(name, self.ask(rule, *asked)) for name, rule in flow.get("counts", [])]
        return amount, counts

    def held(self, pot, case):
        if pot == "outside":
            return 10**15
        return case.pots[pot] if self.declared.own(pot) else self.pots[pot]

    def add(self, pot, case, amount):
        self.pots[pot] += amount
        if self.declared.own(pot):
            case.pots[pot] += amount
        assert self.pots[pot] >= 0 and (not case or case.pots[pot] >= 0), f"{pot} is overdrawn"

    def move(self, name, number, amount, due, counts, moment):
        """Moves money for one case, or for none."""
        flow = self.declared.flows[name]
        case = None if number is None else self.cases[number]
        rest = self.held(flow["source"], case) - amount if "rest_to" in flow else 0
        payees = []
        if flow["source"] != "outside":
            self.add(flow["source"], case, -(amount + rest))
        if flow["to"] in self.declared.pots:
            self.add(flow["to"], case, amount)
        else:
            shares = case.parties[flow["to"]]
            parts = split(amount, [weight for _, weight in shares])
            payees = [[who, part] for (who, _), part in zip(shares, parts)]
            for who, part in payees:
                self.due[who] = self.due.get(who, 0) + part
        if "rest_to" in flow:
            self.add(flow["rest_to"], case, rest)
        for counter, change in counts:
            case.counters[counter] += change
            self.all[counter] += change
        yearly = flow.get("once") == "year" or flow["by"] == ["clock:year"]
        (case.last if case else self.last)[name] = moment.year if yearly else moment.month
        if case:
            case.asked.pop(name, None)
        if flow.get("ends") and not any(case.pots.values()):
            case.ended = True
            for counter in case.counters:
                self.all[counter] -= case.counters[counter]
                case.counters[counter] = 0
        return {
            "flow": name, "case": number, "month": moment.month, "amount": amount,
            "missed": due - amount, "rest": rest, "payees": payees,
        }

    def trigger(self, act, now):
        flow, moment = self.declared.flows[act["flow"]], Moment(now // DAY_MS)
        number = act.get("case")
        case = None if number is None else self.cases[number]
        if flow.get("wait_days") and not flow.get("evidence") and act["flow"] not in case.asked:
            case.asked[act["flow"]] = now
            return
        if flow.get("evidence"):
            shown = {who for kind, who, _ in case.shown if kind in flow["evidence"]}
            assert len(shown) >= flow.get("needs", len(flow["evidence"])), "too little was shown"
        amount, counts = self.says(flow, case, moment, act.get("amount_minor", 0))
        due = amount
        if flow.get("short") == "part":
            amount = min(amount, self.held(flow["source"], case))
        self.payments.append(self.move(act["flow"], number, amount, due, counts, moment))

    def pay(self, act, now):
        flow, moment = self.declared.flows[act["flow"]], Moment(now // DAY_MS)
        number = act.get("case")
        case = None if number is None else self.cases[number]
        stated = sum(int(line["amount"].replace(".", "")) for line in act["lines"])
        amount, counts = self.says(flow, case, moment, stated)
        assert amount == stated, "another amount was due"
        self.payments.append(self.move(act["flow"], number, amount, amount, counts, moment))

    def run(self, now):
        """One batch of the calendar."""
        until, visited = Moment(now // DAY_MS).month, 0
        names = list(self.declared.flows)
        while visited < BATCH_CASES and self.month <= until:
            while self.at < len(names):
                clock = self.declared.clock(self.declared.flows[names[self.at]])
                if clock == "clock:month" or (clock == "clock:year" and self.month % 12 == 0):
                    break
                self.at += 1
            else:
                self.month, self.at = self.month + 1, 0
                continue
            visited += self.carry_on(names[self.at], BATCH_CASES - visited)

    def carry_on(self, name, room):
        flow = self.declared.flows[name]
        pro_rata, per_case = flow.get("short") == "pro_rata", self.declared.per_case(flow)
        if self.begun is None:
            self.begun = {
                "next": 0, "end": len(self.cases) if per_case else 1,
                "adding": pro_rata and per_case, "total": 0, "pots": dict(self.pots),
                "all": dict(self.all), "open": self.open_cases(),
            }
        begun, visited = self.begun, 0
        while begun["next"] < begun["end"] and visited < room:
            visited += 1
            goes_on = self.visit(name, flow, begun, begun["next"] if per_case else None)
            begun["next"] = begun["next"] + 1 if goes_on else begun["end"]
            if begun["next"] >= begun["end"] and begun["adding"]:
                begun["adding"], begun["next"] = False, 0
        if begun["next"] >= begun["end"]:
            self.begun, self.at = None, self.at + 1
        return visited

    def visit(self, name, flow, begun, number):
        moment = Moment.first_of(self.month)
        case = None if number is None else self.cases[number]
        period = moment.year if flow["by"] == ["clock:year"] else moment.month
        last = (case.last if case else self.last).get(name, 0)
        spent = last > 0 if flow.get("once") == "ever" else last >= period
        if spent or (case and (case.ended or case.opened > self.month)):
            return True
        held_up = [kind for kind, _, _ in case.shown] if case else []
        if any(kind in held_up for kind in flow.get("stopped_by", [])):
            return True
        said = self.says(flow, case, moment, 0, begun)
        if said is None:
            return True
        due, counts = said
        if begun["adding"]:
            begun["total"] += due
            return True
        there, short = self.held(flow["source"], case), flow.get("short", "refuse")
        if short == "pro_rata":
            pot = begun["pots"][flow["source"]]
            amount = due if begun["total"] <= pot else due * pot // begun["total"]
            amount = min(amount, there)
        elif short == "part":
            amount = min(due, there)
        else:
            amount = due if due <= there else None
        if amount is None:
            if due:
                self.payments.append({
                    "flow": name, "case": number, "month": moment.month, "amount": 0,
                    "missed": due, "rest": 0, "payees": [],
                })
            return short != "queue"
        payment = self.move(name, number, amount, due, counts, moment)
        if due:
            self.payments.append(payment)
        return True


def follow(path, charter):
    fund = None
    for line in open(path, encoding="utf-8"):
        line = json.loads(line)
        text = base64.b64decode(line["envelope"]["payload"])
        payload, now = json.loads(text), line["time_ms"]
        (name, act), = payload["act"].items()
        pae = b"DSSEv1 41 application/vnd.commonweal.operation+json %d " % len(text) + text
        if name == "charter.publish" and hashlib.sha256(pae).hexdigest() == charter:
            fund = Fund(act["text"])
        if not name.startswith("charter.") or act.get("charter") != charter:
            continue
        moment = Moment(now // DAY_MS)
        if name == "charter.lock":
            fund.month = moment.month
        elif name == "charter.open":
            fund.cases.append(Case(fund.declared, act, payload["actor"], moment.month))
        elif name == "charter.name":
            people = [(one["principal"], one["weight"]) for one in act["people"]]
            fund.cases[act["case"]].parties[act["party"]] = people
        elif name == "charter.set":
            fund.parameters[act["parameter"]] = act["value"]
        elif name == "charter.state":
            fund.cases[act["case"]].fields[act["field"]] = act["value"]
        elif name == "charter.vouch":
            case, shown = fund.cases[act["case"]], (act["evidence"], payload["actor"], now)
            case.shown = [one for one in case.shown if one[:2] != shown[:2]]
            if not act.get("retract"):
                case.shown.append(shown)
        elif name == "charter.pay":
            fund.pay(act, now)
        elif name == "charter.trigger":
            fund.trigger(act, now)
        elif name == "charter.run":
            fund.run(now)
        elif name == "charter.draw":
            drawn = act.get("amount_minor", fund.due[payload["actor"]])
            fund.due[payload["actor"]] -= drawn
            assert fund.due[payload["actor"]] >= 0, "more was drawn than was due"
    return fund


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("log")
    arguments.add_argument("charter")
    arguments.add_argument("--compare", help="payments as JSON lines, the oldest first")
    arguments = arguments.parse_args()
    fund = follow(arguments.log, arguments.charter)
    if not arguments.compare:
        for payment in fund.payments:
            print(json.dumps(payment))
        return 0
    theirs = [json.loads(line) for line in open(arguments.compare, encoding="utf-8")]
    for nth, (mine, other) in enumerate(zip(fund.payments, theirs)):
        if mine != other:
            print(f"payment {nth}: worked out {mine}, the node says {other}", file=sys.stderr)
            return 1
    if len(theirs) != len(fund.payments):
        print(f"{len(fund.payments)} worked out, {len(theirs)} said", file=sys.stderr)
        return 1
    kinds = {}
    for payment in fund.payments:
        kind = kinds.setdefault(payment["flow"], [0, 0, 0])
        kind[0] += 1
        kind[1] += payment["amount"]
        kind[2] += payment["missed"] > 0
    for name, (count, minor, missed) in kinds.items():
        print(f"{name}: {count} payments of {minor / 100:.2f}, {missed} cut short or missed")
    held = {name: minor for name, minor in fund.pots.items()}
    print(json.dumps({"pots": held, "due": sum(fund.due.values()), "open": fund.open_cases()}))
    print(f"{len(fund.payments)} payments worked out anew, all equal")
    return 0


if __name__ == "__main__":
    sys.exit(main())
