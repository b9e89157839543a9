"""What application management does with a case at the moment at which it comes in.

A case of which something is missing only gets a number there: who it is from is known, but nothing of it is stored
before a clerk has got hold of the rest.
"""

from functools import cache

from shinsei.domain.lifecycle import Action
from shinsei.domain.linkage_method import LinkageMethod
from shinsei.domain.run import TakenAs


@cache
def first_steps(taken_as: TakenAs, method: LinkageMethod, *, identified: bool) -> tuple[Action, ...]:
    """The transitions at the time of fetching, in their order."""
    match taken_as:
        case TakenAs.QUARANTINED:
            return (Action.QUARANTINE,)
        case TakenAs.LAPSED:
            return (Action.LAPSE,)
        case TakenAs.WHOLE:
            return (Action.FETCH, *storing(method, identified=identified))


def storing(method: LinkageMethod, *, identified: bool) -> tuple[Action, ...]:
    """Storing and automatic identification, whose outcome is known; a prefecture does without the latter."""
    if method is LinkageMethod.ONE_STOP_SERVICE:
        return (Action.STORE,)
    return (Action.STORE, Action.IDENTIFY if identified else Action.FAIL_IDENTIFICATION)
