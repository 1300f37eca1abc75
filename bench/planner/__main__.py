"""python -m bench.planner VERB ...

`solve` a public instance, `compare` a peer on instances, lay out a `conference` beside a peer,
`generate` a campaign, plan a `national` week province by province, `report` what is reached of
every target.
"""

from __future__ import annotations

import sys

from bench.planner import compare, generate, national, report, solve
from bench.planner.conference import run as conference

VERBS = {
    "solve": solve.main,
    "compare": compare.main,
    "conference": conference.main,
    "generate": generate.main,
    "national": national.main,
    "report": report.main,
}


def main(argv: list[str]) -> int:
    """Do what the first word says with the others; without one that is known, say which are."""
    if not argv or argv[0] not in VERBS:
        print(__doc__)
        return 2
    return VERBS[argv[0]](argv[1:])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
