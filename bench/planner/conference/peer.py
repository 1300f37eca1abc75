"""Runs SlotMachine, in the interpreter in which it is installed; imports nothing of ours.

python peer.py SECONDS < QUESTION.json -> one line of JSON: how the search ended, the talks with
their venue and time, seconds and processor seconds of the search alone.
"""

import json
import sys
import time

from slotmachine import SchedulingProblem, SlotMachine, Unsatisfiable

problem = SchedulingProblem.from_dict(json.load(sys.stdin))
began, work = time.monotonic(), time.process_time()
try:
    solution = SlotMachine(problem).solve(max_time_in_seconds=float(sys.argv[1]))
except Unsatisfiable as why:
    status, talks = why.status, []
else:
    status, talks = solution.solution_type, solution.to_dict()["talks"]
print(
    json.dumps(
        {
            "status": status,
            "talks": talks,
            "seconds": time.monotonic() - began,
            "processor": time.process_time() - work,
        }
    )
)
