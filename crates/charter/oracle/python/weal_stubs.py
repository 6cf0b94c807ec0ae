# What a charter's text needs from outside to run as a program: its declarations do nothing, and
# its one product-and-quotient rounds as it says. These lines are Python and Starlark alike.

CHECKED = []
FAILED = []

def charter(*values, **named):
    pass

def pot(*values, **named):
    pass

def role(*values, **named):
    pass

def party(*values, **named):
    pass

def param(*values, **named):
    pass

def field(*values, **named):
    pass

def counter(*values, **named):
    pass

def evidence(*values, **named):
    pass

def flow(*values, **named):
    pass

def brake(*values, **named):
    pass

def people(*values, **named):
    pass

def example(found, wanted):
    CHECKED.append(found)
    if found != wanted or type(found) != type(wanted):
        FAILED.append([len(CHECKED), found, wanted])

def mul_div(a, b, c, rounding = "half_even"):
    down = a * b // c
    rest = a * b - down * c
    if rest == 0 or rounding == "floor":
        return down
    if rounding == "ceil":
        return down + 1
    # The rest has the sign of c, so both are turned to be above nought.
    above = 2 * abs(rest) - abs(c)
    if above != 0:
        return down + 1 if above > 0 else down
    if rounding == "half_even":
        return down + down % 2
    if rounding == "half_up":
        return down + 1 if down >= 0 else down
    return None
