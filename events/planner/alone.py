"""One search in a process of its own, as processes.py begins it (runpy.run_path).

The package `events` is a mere folder here: whoever solves needs the planner, not the application.
`asked`: a pickled job; `wire`: the connection that its events go to.
"""

import sys
from pathlib import Path
from types import ModuleType

if __name__ == "__main__":
    bare = ModuleType("events")
    bare.__path__ = [str(Path(__file__).resolve().parent.parent)]
    sys.modules["events"] = bare
    from events.planner.processes import work

    work(globals()["asked"], globals()["wire"])
