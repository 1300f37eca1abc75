"""One part of Kepu, as supervise.py starts it: python -P events/part.py serve.

As `flask --app app serve`, which first looks for commands through everything that is installed.
"""

import os
import sys
from pathlib import Path

if __name__ == "__main__":  # where nothing forks, granian's processes read this file again
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    os.environ["FLASK_RUN_FROM_CLI"] = "true"  # as the flask command tells app.py
    from app import app

    with app.app_context():
        app.cli.main()
