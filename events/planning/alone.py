"""The solving process, as process.py starts it: python -P events/planning/alone.py.

With the word `prepare` it compiles the loops instead (preparing.py).

The package `events` is a mere folder here: whoever solves needs the planner, not the application,
which takes longer to load than many a plan to find.
"""

import signal
import sys
from pathlib import Path
from types import ModuleType

if __name__ == "__main__":
    bare = ModuleType("events")
    bare.__path__ = [str(Path(__file__).resolve().parent.parent)]
    sys.modules["events"] = bare
    if sys.argv[1:] == ["prepare"]:
        from events.planning.preparing import main
    else:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # meant for our parent, who asks us to stop
        from events.planning.child import main

    main()
