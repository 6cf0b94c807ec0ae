"""Runs texts of charters as Python, and answers what their rules give.

Reads one request of JSON a line from the file named first: {"text": ..., "calls": [["rule",
["1", "2"]], ...]}. Prints one answer of JSON a line: {"examples": number, "failed": [...],
"plain": [...], "strict": [...]}, each result being "17", "True", "zero", "index" or "overflow".

"plain" is Python as it is: the text is run unchanged. "strict" is the same tree of the same text in
which each sum, difference, product, quotient and place in a table is also asked whether it keeps
to what the language of charters allows: 128 bits, and no places counted from the end.
"""
import ast
import json
import os
import sys

STUBS = open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "weal_stubs.py")).read()
LEAST, MOST = -(2**127), 2**127 - 1


class Beyond(Exception):
    """A number that 128 bits do not hold."""


def within(number):
    if not LEAST <= number <= MOST:
        raise Beyond
    return number


def calculate(sign, left, right):
    if sign == "Add":
        return within(left + right)
    if sign == "Sub":
        return within(left - right)
    if sign == "Mult":
        return within(left * right)
    quotient = within(left // right)
    return quotient if sign == "FloorDiv" else left % right


def entry(table, place):
    if place < 0:
        raise IndexError
    return table[place]


class Strict(ast.NodeTransformer):
    """Asks after every step whether it is allowed."""

    def ask(self, name, *values):
        return ast.Call(func=ast.Name(id=name, ctx=ast.Load()), args=list(values), keywords=[])

    def visit_BinOp(self, node):
        self.generic_visit(node)
        sign = ast.Constant(type(node.op).__name__)
        return self.ask("_calculate", sign, node.left, node.right)

    def visit_UnaryOp(self, node):
        self.generic_visit(node)
        is_minus = isinstance(node.op, ast.USub)
        return self.ask("_within", node) if is_minus else node

    def visit_AugAssign(self, node):
        self.generic_visit(node)
        old = ast.Name(id=node.target.id, ctx=ast.Load())
        value = self.ask("_calculate", ast.Constant(type(node.op).__name__), old, node.value)
        return ast.Assign(targets=[node.target], value=value)

    def visit_Subscript(self, node):
        self.generic_visit(node)
        return self.ask("_entry", node.value, node.slice)


def worlds(text):
    """The names of the text as Python sees it, and as the strict Python does."""
    plain = {}
    exec(STUBS, plain)
    exec(compile(text, "text", "exec"), plain)
    strict = {"_calculate": calculate, "_within": within, "_entry": entry}
    exec(STUBS, strict)
    product = plain["mul_div"]

    def mul_div(a, b, c, rounding="half_even"):
        if c == 0:
            raise ZeroDivisionError
        within(a * b)
        return within(product(a, b, c, rounding))

    strict["mul_div"] = mul_div
    strict["abs"] = lambda number: within(abs(number))
    tree = ast.fix_missing_locations(Strict().visit(ast.parse(text)))
    exec(compile(tree, "text", "exec"), strict)
    return plain, strict


def result(world, rule, inputs):
    try:
        return str(world[rule](*inputs))
    except Beyond:
        return "overflow"
    except ZeroDivisionError:
        return "zero"
    except IndexError:
        return "index"


def main():
    for line in open(sys.argv[1]):
        request = json.loads(line)
        plain, strict = worlds(request["text"])
        answer = {"examples": len(plain["CHECKED"]), "failed": [], "plain": [], "strict": []}
        answer["failed"] = [str(failed) for failed in plain["FAILED"] + strict["FAILED"]]
        for rule, inputs in request["calls"]:
            inputs = [int(number) for number in inputs]
            found = result(strict, rule, inputs)
            answer["strict"].append(found)
            # What grows beyond 128 bits may grow beyond all memory if nobody stops it; and from a
            # place that is not there on, Python may go a way of its own.
            stops = found in ("overflow", "index")
            answer["plain"].append(found if stops else result(plain, rule, inputs))
        print(json.dumps(answer))


main()
