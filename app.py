"""Kepu. `python3 app.py` sets up and runs it; flask, gunicorn and granian find `app` here."""

import sys

if __name__ == "__main__":
    import os
    import runpy

    # By its path: `import events` would need the packages that the set-up is about to install.
    folder = os.path.dirname(os.path.abspath(__file__))  # noqa: PTH100, PTH120 - old Pythons too
    bootstrap = runpy.run_path(os.path.join(folder, "events", "bootstrap.py"))  # noqa: PTH118
    sys.exit(bootstrap["main"](sys.argv))

import gc
import os

gc.disable()  # a start makes much and drops little
try:
    from events import create_app
    from events.config import Misconfigured

    try:
        app = create_app()
    except Misconfigured as fault:
        if "FLASK_RUN_FROM_CLI" not in os.environ:
            raise  # at an exception other servers give up, after an exit they would try for ever
        print(fault, file=sys.stderr)
        sys.exit(2)
except KeyboardInterrupt:
    if "FLASK_RUN_FROM_CLI" not in os.environ:
        raise
    print("\n已中断 · Interrupted", file=sys.stderr)
    sys.exit(130)
gc.freeze()  # nor is what it made looked through again
gc.enable()
