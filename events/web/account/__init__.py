"""Pages around one's own account; log-in is Flask-Security's, in templates/account.

Each module of views registers itself on the blueprint when it is imported here.
"""

from events.web.account import views
from events.web.account.blueprint import blueprint

__all__ = ["blueprint", "views"]
