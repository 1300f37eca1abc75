"""The inner loop: what hinders a choice, what it adds, and annealing over moves and exchanges.

All functions run compiled or as they stand (`compiled.py`); `c` and `m` are explained in
`memory.py`. A layout is legal at every moment: what cannot be where it should stays out, at the
price of being left out.

Neighbourhoods: move one activity to another venue-time (Bellio et al. 2016); where one other
activity hinders it there, be it by the room or by the people, a Kempe chain between the two times
(Lü and Hao 2010), of few links and with the rooms handed on along it.
"""

# ruff: noqa: PLR1714, SIM109 (the compiler looks for nothing in a tuple)
from __future__ import annotations

from events.planner.compiled import compiled_in_place as compiled, inlined, inner, pasted
from events.planner.layout.memory import (
    ACTIVITIES,
    ACTIVITIES_END,
    ACTIVITY_WIDTH,
    AFTER,
    AFTER_OTHER,
    AMOUNT,
    BEFORE,
    BEFORE_OTHER,
    BEST,
    CARRY,
    CELLS,
    CHAIN,
    CHOICE_WIDTH,
    CHOICES,
    CHOICES_END,
    COMPACT,
    COST,
    DAILY,
    DAY,
    DAYS_USED,
    DICE,
    DISTRICT,
    GROUPS,
    GROUPS_END,
    HOLDS,
    IN_VENUE,
    INDEX,
    KIND,
    LEAST_COST,
    LEAST_DAYS,
    LENGTH,
    LINKS,
    LOADING,
    MEMBERS,
    MEMBERS_END,
    MINUTE,
    MOST,
    MOVERS,
    MOVERS_END,
    NONE,
    NOW,
    ON_DAY,
    ONE_VENUE,
    OTHER,
    PAUSE,
    POINTS,
    ROADS,
    ROOM_CELLS,
    ROOMS,
    SAME_DAY,
    SERIES,
    SERIES_END,
    SERVED,
    SERVED_ON,
    SESSION,
    SETUP,
    SITE,
    SPREAD,
    START,
    STRIKE,
    SWING,
    TIE_WIDTH,
    TIES,
    TIES_END,
    UNPLACED,
    VENUE,
    VENUES_USED,
    Memory,
)

LOW = (1 << 32) - 1
"""The lower half of a number."""
MANY = -2
"""More than one activity, or a rule that no single one can lift."""
SAME_VENUE, SAME_TIME = 60, 20
"""Of a hundred choices offered to an activity, so many keep its venue, and so many its time."""


@inlined
def roll(m: Memory, sides: int) -> int:
    """A number below `sides`, at most 2**31: Marsaglia's multiply-with-carry."""
    seed = 698769069 * (m[DICE] & LOW) + (m[CARRY] & LOW)
    m[DICE], m[CARRY] = seed & LOW, seed >> 32
    return ((seed & LOW) * sides) >> 32


@pasted
def wide(number: int) -> int:
    """In 64 bits, as all that is computed: functions need not be compiled for what is read, too."""
    return number + 0


@inlined
def find(c: Memory, m: Memory, activity: int, venue: int, start: int) -> int:
    """The activity's choice at this venue and step, or NONE."""
    then = m[activity + CHOICES_END] + start
    begin, end = c[then], c[then + 1]
    choice = begin + m[venue + INDEX] * CHOICE_WIDTH  # it is there where every venue is possible
    if choice < end and c[choice + VENUE] == venue:
        return choice
    low, high = 0, (end - begin) // CHOICE_WIDTH
    while low < high:
        middle = (low + high) >> 1
        if c[begin + middle * CHOICE_WIDTH + VENUE] < venue:
            low = middle + 1
        else:
            high = middle
    choice = begin + low * CHOICE_WIDTH
    if choice < end and c[choice + VENUE] == venue:
        return choice
    return NONE


@inner
def hindrance(c: Memory, m: Memory, activity: int, choice: int) -> int:
    """The one activity that makes a choice impossible, NONE, or MANY."""
    found = in_its_groups(m, activity, c[choice + START])
    if found != MANY:
        found = in_its_rooms(m, activity, c[choice + VENUE], c[choice + START], found)
    if found != MANY and m[activity + MOVERS] < m[activity + MOVERS_END]:
        found = on_the_way(c, m, activity, choice, found)
    if found != MANY and m[activity + TIES] < m[activity + TIES_END]:
        found = untied(c, m, activity, choice, found)
    return found


@pasted
def in_its_groups(m: Memory, activity: int, start: int) -> int:
    """The hindrance among those of which only one at a time is."""
    found = NONE
    length = m[activity + LENGTH]
    for at in range(m[activity + GROUPS], m[activity + GROUPS_END]):
        first = m[at] + CELLS + start
        for cell in range(first, first + length):
            holder = m[cell]
            if holder != NONE and holder != found:
                if found != NONE:
                    return MANY
                found = holder
    return found


@pasted
def in_its_rooms(m: Memory, activity: int, venue: int, start: int, found: int) -> int:
    """The hindrance among those who hold the venue's rooms, beside `found`."""
    rooms = m[venue + ROOMS]
    for step in range(start - m[activity + BEFORE], start + m[activity + AFTER]):
        first = venue + ROOM_CELLS + step * rooms
        holder = m[first]
        for cell in range(first + 1, first + rooms):
            if m[cell] == NONE or m[cell] == found:
                holder = m[cell]
        if holder != NONE and holder != found:
            if found != NONE:
                return MANY
            found = holder
    return found


@pasted
def on_the_way(c: Memory, m: Memory, activity: int, choice: int, found: int) -> int:
    """The hindrance among those whom the same movers serve, beside `found`."""
    for at in range(m[activity + MOVERS], m[activity + MOVERS_END]):
        mover = m[at]
        today = m[mover + SERVED_ON + c[choice + DAY]]
        if today >= m[mover + DAILY] or m[mover + SERVED] >= m[mover + MOST]:
            return MANY
        for member in range(m[mover + MEMBERS], m[mover + MEMBERS_END]):
            other = m[member]
            if other == activity or other == found or m[other + NOW] == NONE:
                continue
            if not is_reachable(c, m, mover, activity, choice, other):
                if found != NONE:
                    return MANY
                found = other
    return found


@pasted
def is_reachable(c: Memory, m: Memory, mover: int, activity: int, choice: int, other: int) -> bool:
    """Whether a mover can serve both, one after the other, with the way between them."""
    other_choice = m[other + NOW]
    here, there = c[choice + VENUE], c[other_choice + VENUE]
    gap = m[mover + PAUSE]
    if m[here + SITE] != m[there + SITE]:
        gap += m[mover + LOADING] + m[m[here + ROADS] + m[there + DISTRICT]]
    holds = m[mover + HOLDS]
    begin = c[choice + MINUTE]
    end = begin + m[activity + SESSION] + holds * m[activity + STRIKE]
    begin -= holds * m[activity + SETUP]
    other_begin = c[other_choice + MINUTE]
    other_end = other_begin + m[other + SESSION] + holds * m[other + STRIKE]
    other_begin -= holds * m[other + SETUP]
    return end + gap <= other_begin or other_end + gap <= begin


@pasted
def untied(c: Memory, m: Memory, activity: int, choice: int, found: int) -> int:
    """The hindrance among those tied to the activity, beside `found`."""
    for tie in range(m[activity + TIES], m[activity + TIES_END], TIE_WIDTH):
        other = m[tie + OTHER]
        if other == found or m[other + NOW] == NONE:
            continue
        if not is_kept(c, m, tie, activity, choice):
            if found != NONE:
                return MANY
            found = other
    return found


@pasted
def is_kept(c: Memory, m: Memory, tie: int, activity: int, choice: int) -> bool:
    """Whether a tie holds between a choice and where the other is."""
    other = m[tie + OTHER]
    other_choice = m[other + NOW]
    kind, amount = m[tie + KIND], m[tie + AMOUNT]
    if kind == BEFORE_OTHER:
        end = c[choice + MINUTE] + m[activity + SESSION]
        return c[other_choice + MINUTE] >= end + amount
    if kind == AFTER_OTHER:
        end = c[other_choice + MINUTE] + m[other + SESSION]
        return c[choice + MINUTE] >= end + amount
    days = abs(c[choice + DAY] - c[other_choice + DAY])
    if kind == SAME_DAY:
        return days == 0
    return days > amount


@inlined
def added(c: Memory, m: Memory, activity: int, choice: int) -> int:
    """Points that the layout gains when an activity that is out goes to a free choice."""
    points = c[choice + POINTS]
    for at in range(m[activity + SERIES], m[activity + SERIES_END]):
        series = m[at]
        is_missing = m[series + DAYS_USED] < m[series + LEAST_DAYS]
        if is_missing and m[series + ON_DAY + c[choice + DAY]] == 0:
            points -= m[series + SPREAD]
        here = m[series + IN_VENUE] + m[c[choice + VENUE] + INDEX]
        if m[series + VENUES_USED] > 0 and m[here] == 0:
            points += m[series + ONE_VENUE]
    start = c[choice + START]
    for at in range(m[activity + GROUPS], m[activity + GROUPS_END]):
        group = m[at]
        if m[group + COMPACT] > 0:
            line = group + CELLS
            left, right = m[line + start - 1], m[line + start + m[activity + LENGTH]]
            alone = 0
            if left == NONE and right == NONE:
                alone = 1
            if left != NONE and m[line + c[m[left + NOW] + START] - 1] == NONE:
                alone -= 1
            if right != NONE:
                end = c[m[right + NOW] + START] + m[right + LENGTH]
                if m[line + end] == NONE:
                    alone -= 1
            points += alone * m[group + COMPACT]
    return points


@inner
def put(c: Memory, m: Memory, activity: int, choice: int) -> None:
    """Take an activity that is out into the layout, where nothing may hinder it."""
    m[activity + NOW] = choice
    fill(c, m, activity, choice, NONE, activity)
    tally(c, m, activity, choice, 1)


@inner
def take(c: Memory, m: Memory, activity: int) -> int:
    """Take an activity out of the layout; the points that it had added."""
    choice = wide(m[activity + NOW])
    lift(c, m, activity)
    return added(c, m, activity, choice)


@inner
def lift(c: Memory, m: Memory, activity: int) -> None:
    """Take an activity out of the layout, whatever it had added."""
    choice = wide(m[activity + NOW])
    fill(c, m, activity, choice, activity, NONE)
    tally(c, m, activity, choice, -1)
    m[activity + NOW] = NONE


@pasted
def fill(c: Memory, m: Memory, activity: int, choice: int, before: int, after: int) -> None:
    """Exchange the name in one cell of the venue a step, and in all of the groups."""
    start = c[choice + START]
    venue = c[choice + VENUE]
    for step in range(start - m[activity + BEFORE], start + m[activity + AFTER]):
        cell = venue + ROOM_CELLS + step * m[venue + ROOMS]
        while m[cell] != before:
            cell += 1
        m[cell] = after
    for at in range(m[activity + GROUPS], m[activity + GROUPS_END]):
        first = m[at] + CELLS + start
        for cell in range(first, first + m[activity + LENGTH]):
            m[cell] = after


@pasted
def tally(c: Memory, m: Memory, activity: int, choice: int, change: int) -> None:
    """Keep the counts of series and movers; `change` is 1 or -1."""
    few = (change + 1) // 2
    day = c[choice + DAY]
    for at in range(m[activity + SERIES], m[activity + SERIES_END]):
        series = m[at]
        today = series + ON_DAY + day
        m[today] += change
        if m[today] == few:
            m[series + DAYS_USED] += change
        here = m[series + IN_VENUE] + m[c[choice + VENUE] + INDEX]
        m[here] += change
        if m[here] == few:
            m[series + VENUES_USED] += change
    for at in range(m[activity + MOVERS], m[activity + MOVERS_END]):
        m[m[at] + SERVED] += change
        m[m[at] + SERVED_ON + day] += change


@pasted
def refuge(c: Memory, m: Memory, activity: int, left: int) -> tuple[int, int]:
    """Where a displaced activity may go, and who hinders it there.

    To the venue and time left, or to its own venue then.
    """
    goal = find(c, m, activity, c[left + VENUE], c[left + START])
    if goal != NONE:
        other = hindrance(c, m, activity, goal)
        if other != MANY:
            return goal, other
    goal = find(c, m, activity, c[m[activity + NOW] + VENUE], c[left + START])
    if goal != NONE:
        other = hindrance(c, m, activity, goal)
        if other != MANY:
            return goal, other
    return NONE, NONE


@pasted
def chain(
    c: Memory, m: Memory, activity: int, choice: int, other: int, home: int, most: int
) -> bool:
    """Let `activity`, which was at `home`, go where `other` hinders it, and that where it was.

    Who hinders the other there goes where the other was, and so on: a Kempe chain between two
    times, in which rooms are handed on. `most` is what all may cost more than the displaced do now.
    """
    mover, goal, left, links, change = activity, choice, home, 0, 0
    while other >= 0 and links < LINKS:
        aim, third = refuge(c, m, other, left)
        left = wide(m[other + NOW])
        if aim == NONE or aim == left:
            break
        gain = c[left + POINTS] + m[mover + SWING] + m[other + SWING]
        if change + c[goal + POINTS] + c[aim + POINTS] - gain > most:
            break
        change -= take(c, m, other)
        change += added(c, m, mover, goal)
        # exact where two exchange days; on one day they may be each other's neighbours
        is_exchange = third == NONE and c[goal + DAY] != c[aim + DAY]
        if is_exchange and change + added(c, m, other, aim) > most:
            put(c, m, other, left)
            break
        put(c, m, mover, goal)
        m[CHAIN + 2 * links], m[CHAIN + 2 * links + 1] = mover, left
        links += 1
        mover, goal = other, aim
        other = hindrance(c, m, mover, goal)
        if other == NONE:
            change += added(c, m, mover, goal)
            if change <= most:
                put(c, m, mover, goal)
                m[COST] += change
                return True
    unwind(c, m, mover, links)
    return False


@pasted
def unwind(c: Memory, m: Memory, last: int, links: int) -> None:
    """Take back so many links of a chain, whose last activity is out."""
    for link in range(links - 1, -1, -1):
        mover, left = wide(m[CHAIN + 2 * link]), wide(m[CHAIN + 2 * link + 1])
        lift(c, m, mover)
        put(c, m, last, left)
        last = mover


@pasted
def replace(c: Memory, m: Memory, activity: int, choice: int, other: int, most: int) -> bool:
    """Let an activity that is out take the place of one that is in."""
    old = wide(m[other + NOW])
    change = m[other + UNPLACED] - take(c, m, other)
    change += added(c, m, activity, choice)
    if change <= most:
        put(c, m, activity, choice)
        m[COST] += change
        return True
    put(c, m, other, old)
    return False


@pasted
def offered(c: Memory, m: Memory, activity: int, home: int) -> int:
    """A choice drawn at random, mostly one that keeps the venue or the time of `home`."""
    begin = m[activity + CHOICES]
    count = (m[activity + CHOICES_END] - begin) // CHOICE_WIDTH
    choice = begin + CHOICE_WIDTH * roll(m, count)
    if home == NONE:
        return choice
    way = roll(m, 100)
    if way < SAME_VENUE:
        return find(c, m, activity, c[home + VENUE], c[choice + START])
    if way < SAME_VENUE + SAME_TIME:
        return find(c, m, activity, c[choice + VENUE], c[home + START])
    return choice


@pasted
def settle(c: Memory, m: Memory, losses: Memory, activity: int, tries: int) -> None:
    """Offer one activity up to `tries` choices; it stays where it is if none is accepted."""
    if m[activity + CHOICES] == m[activity + CHOICES_END]:
        return
    home = wide(m[activity + NOW])
    price = m[activity + UNPLACED] if home == NONE else take(c, m, activity)
    m[COST] -= price
    for _ in range(tries):
        choice = offered(c, m, activity, home)
        if choice != NONE and choice != home:
            most = price + losses[roll(m, len(losses))]
            if is_settled(c, m, activity, choice, home, most):
                return
    m[COST] += price
    if home != NONE:
        put(c, m, activity, home)


@pasted
def is_settled(c: Memory, m: Memory, activity: int, choice: int, home: int, most: int) -> bool:
    """Bring an activity that is out to a choice if that costs `most` points, or less."""
    if c[choice + POINTS] - m[activity + SWING] > most:
        return False
    other = hindrance(c, m, activity, choice)
    if other == MANY:
        return False
    if other != NONE:
        if home == NONE:
            return replace(c, m, activity, choice, other, most)
        return chain(c, m, activity, choice, other, home, most)
    change = added(c, m, activity, choice)
    if change > most:
        return False
    put(c, m, activity, choice)
    m[COST] += change
    return True


@compiled
def lay(c: Memory, m: Memory, choices: Memory) -> None:
    """Put every activity on its choice of `choices`, if it has one and nothing hinders it."""
    for n in range(len(choices)):
        activity = m[ACTIVITIES] + n * ACTIVITY_WIDTH
        if choices[n] != NONE and hindrance(c, m, activity, choices[n]) == NONE:
            m[COST] += added(c, m, activity, choices[n]) - m[activity + UNPLACED]
            put(c, m, activity, choices[n])
    remember(m)


@pasted
def remember(m: Memory) -> None:
    """The layout as it is now is the best."""
    m[LEAST_COST] = m[COST]
    for activity in range(m[ACTIVITIES], m[ACTIVITIES_END], ACTIVITY_WIDTH):
        m[activity + BEST] = m[activity + NOW]


@compiled
def anneal(c: Memory, m: Memory, losses: Memory, turns: int, tries: int) -> None:
    """Settle whoever is out, then `turns` activities at random, with `losses` at one temperature.

    Keeps the best layout.
    """
    count = (m[ACTIVITIES_END] - m[ACTIVITIES]) // ACTIVITY_WIDTH
    for turn in range(-count, turns):
        at = turn + count if turn < 0 else roll(m, count)
        activity = m[ACTIVITIES] + ACTIVITY_WIDTH * at
        if turn >= 0 or m[activity + NOW] == NONE:
            settle(c, m, losses, activity, tries)
        if m[COST] < m[LEAST_COST]:
            remember(m)
