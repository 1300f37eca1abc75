"""Every module that holds tables, imported so that foreign keys by name find each other."""

from events.campaigns import models as campaigns
from events.days import models as days
from events.feeds import models as feeds
from events.foreign import models as foreign
from events.identity import models as identity
from events.imports import models as imports
from events.journal import models as journal
from events.notices import models as notices
from events.planning import models as planning
from events.resources import models as resources
from events.schedule import models as schedule
from events.venues import models as venues
from events.volunteers import models as volunteers

MODULES = (
    identity,
    journal,
    days,
    campaigns,
    schedule,
    venues,
    resources,
    volunteers,
    feeds,
    foreign,
    imports,
    notices,
    planning,
)
