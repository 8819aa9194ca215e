"""The version of the rules by which a month is settled: of the program's own, beside those of the scheme."""

#: raised in the commit that changes a figure of equal evidence under an equal scheme; every seal carries it, so that
#: `verify` can tell a change of the program from a change of what was kept
RULES = 2
