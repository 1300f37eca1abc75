"""How a layout lies in memory: one array of whole numbers, in which records name each other.

The kernel gets two flat arrays. `c` holds all choices, shared by every thread and never written;
`m` holds all else, one for each thread. A record is known by the address of its first number, and
each of its numbers by a distance from there: `m[activity + LENGTH]`. Lists are two addresses, begin
and end, of lines of equal width. Nothing but these two arrays crosses a call, which is what makes
calls cheap; without a compiler they may as well be lists.
"""

from __future__ import annotations

from collections.abc import MutableSequence

NONE = -1
"""No record."""

Memory = MutableSequence[int]
"""What a list is, and to the compiler a flat array of int32, or of int64 where points need it."""

LINKS = 4
"""Activities that one move displaces, at most."""

# the header of m: points of the layout now and of the best one met, the state of the dice and what
# they carry, the list of activities; of each link of a chain who moves, and the choice that is left
COST, LEAST_COST, DICE, CARRY, ACTIVITIES, ACTIVITIES_END, CHAIN = range(7)
HEADER = CHAIN + 2 * LINKS

# a choice, in c: a venue's record; step, day, points, minute. Those of an activity ascend by
# start, then venue's record; behind them stands for each step where its choices begin
VENUE, START, DAY, POINTS, MINUTE = range(5)
CHOICE_WIDTH = 5

# an activity: its choice now, or NONE, and the one that it has in the best layout; the list of its
# choices (in c), at whose end its steps begin; steps for visitors, for the room before and after
# the start; points for leaving it out, and how much groups and series can make of two choices at
# most; minutes of set-up, session, strike; its lists of groups, series, movers and ties
(
    NOW, BEST, CHOICES, CHOICES_END, LENGTH, BEFORE, AFTER, UNPLACED, SWING, SETUP, SESSION,
    STRIKE, GROUPS, GROUPS_END, SERIES, SERIES_END, MOVERS, MOVERS_END, TIES, TIES_END,
) = range(20)  # fmt: skip
ACTIVITY_WIDTH = 20

# a venue: its index, rooms, site, index among the districts, minutes to each district (a row); at
# each step then as many cells as it has rooms, with who holds them
INDEX, ROOMS, SITE, DISTRICT, ROADS, ROOM_CELLS = range(6)

# a group, of which one at a time is: points for a session without neighbour right before or
# after; at each step then one cell
COMPACT, CELLS = range(2)

# a series: its least days, points for each missing, points for each venue after the first; days
# and venues in use; where its counts by venue begin; its count on each day, then at each venue
LEAST_DAYS, SPREAD, ONE_VENUE, DAYS_USED, VENUES_USED, IN_VENUE, ON_DAY = range(7)

# a mover, an expert, kit or team that needs time between two sessions: minutes between any two,
# minutes on top of the way, whether the room's time counts, the most a day and in all, the list of
# whom it serves; how many of them in all, then on each day
PAUSE, LOADING, HOLDS, DAILY, MOST, MEMBERS, MEMBERS_END, SERVED, SERVED_ON = range(9)

# a tie, as one of its activities sees it
KIND, OTHER, AMOUNT = range(3)
TIE_WIDTH = 3
BEFORE_OTHER, AFTER_OTHER, SAME_DAY, DAYS_APART = range(4)
