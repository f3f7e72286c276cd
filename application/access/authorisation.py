"""Says who may do what, in one table. Everything that serves anybody asks here, search and expansion too."""

from collections.abc import Mapping
from enum import StrEnum

from application.access.callers import Caller, Role


class Action(StrEnum):
    """What a caller wants to do."""

    SUBMIT = "submit a request"
    LIST_OWN_CASES = "list one's own cases"
    READ_CASE = "read a case"
    TAKE_PROOF = "take home the proof of a case"
    ANSWER = "answer a question"
    WITHDRAW = "withdraw a request"
    KEEP_MANDATES = "give and take mandates"
    REPRESENT = "act for an applicant"
    READ_WORKLIST = "read a desk's worklist"
    KEEP_SEAT = "sit at a desk"
    WORK_ON_CASE = "work on a case"
    WRITE_MESSAGE = "write to the other side of a case"
    SAMPLE_MESSAGES = "read a sample of messages"
    REOPEN = "reopen a case by order"
    PUBLISH_GRANT = "make a grant by silence public"
    OPEN_IDENTITIES = "open the identities in a case"
    READ_FEED = "read the event feed"
    SUBSCRIBE = "subscribe to events"
    DECIDE_SUBSCRIPTION = "grant or refuse a subscription"
    READ_SUBSCRIPTIONS = "read subscriptions"
    READ_CATALOGUE = "read the catalogue"
    WRITE_CATALOGUE = "write the catalogue"
    KEEP_RESOURCES = "keep resources, and ask to use them"
    JUDGE_RESOURCES = "judge resources"
    COMPARE_RESOURCES = "compare resources"
    READ_EVALUATION = "read the evaluation of a service"
    READ_DRAWS = "read the draws of officials"
    KEEP_DRAWS = "keep draws of officials"


class Scope(StrEnum):
    """Which cases or events a caller may reach. The use case still has to check it against the data."""

    OWN = "the caller's own"
    DESK = "assigned to the caller, or on the caller's desk"
    AGENCY = "of the caller's agency"
    ALL = "all"


_EVERYBODY = dict.fromkeys(Role, Scope.ALL)

POLICY: Mapping[Action, Mapping[Role, Scope]] = {
    Action.SUBMIT: {Role.CITIZEN: Scope.OWN},
    Action.LIST_OWN_CASES: {Role.CITIZEN: Scope.OWN},
    Action.READ_CASE: {
        Role.CITIZEN: Scope.OWN,
        Role.OFFICIAL: Scope.DESK,
        Role.AGENCY: Scope.AGENCY,
        Role.AUDITOR: Scope.ALL,
    },
    Action.TAKE_PROOF: {Role.CITIZEN: Scope.OWN},
    Action.ANSWER: {Role.CITIZEN: Scope.OWN},
    Action.WITHDRAW: {Role.CITIZEN: Scope.OWN},
    Action.KEEP_MANDATES: {Role.CITIZEN: Scope.OWN},
    Action.REPRESENT: {Role.CITIZEN: Scope.OWN},
    Action.READ_WORKLIST: {Role.OFFICIAL: Scope.DESK},
    Action.KEEP_SEAT: {Role.OFFICIAL: Scope.DESK},
    Action.WORK_ON_CASE: {Role.OFFICIAL: Scope.DESK},
    Action.WRITE_MESSAGE: {Role.CITIZEN: Scope.OWN, Role.OFFICIAL: Scope.DESK},
    Action.SAMPLE_MESSAGES: {Role.AUDITOR: Scope.ALL},
    Action.REOPEN: {Role.AGENCY: Scope.AGENCY},
    Action.PUBLISH_GRANT: {Role.AGENCY: Scope.AGENCY},
    Action.OPEN_IDENTITIES: {Role.AUDITOR: Scope.ALL},
    Action.READ_FEED: {Role.AGENCY: Scope.AGENCY, Role.AUDITOR: Scope.ALL},
    Action.SUBSCRIBE: {Role.AGENCY: Scope.AGENCY},
    Action.DECIDE_SUBSCRIPTION: {Role.COORDINATOR: Scope.ALL},
    Action.READ_SUBSCRIPTIONS: {Role.AGENCY: Scope.AGENCY, Role.COORDINATOR: Scope.ALL, Role.AUDITOR: Scope.ALL},
    Action.READ_CATALOGUE: _EVERYBODY,
    Action.WRITE_CATALOGUE: {Role.COORDINATOR: Scope.ALL},
    Action.KEEP_RESOURCES: {Role.AGENCY: Scope.AGENCY},
    Action.JUDGE_RESOURCES: {Role.AGENCY: Scope.AGENCY, Role.COORDINATOR: Scope.ALL},
    Action.COMPARE_RESOURCES: {Role.COORDINATOR: Scope.ALL, Role.AGENCY: Scope.AGENCY},
    Action.READ_EVALUATION: _EVERYBODY,
    Action.READ_DRAWS: _EVERYBODY,
    # A keeper needs no account here: its signature, and links that nobody else can know, are its right.
    Action.KEEP_DRAWS: _EVERYBODY,
}


class NotAuthenticatedError(Exception):
    """The action needs a caller who has identified themselves."""


class NotAllowedError(Exception):
    """The caller's role may not do this."""

    def __init__(self, action: Action, role: Role) -> None:
        super().__init__(f"the role {role.value} may not {action.value}")
        self.action, self.role = action, role


class NotApprovingBodyError(Exception):
    """The caller's agency is none of the approving bodies, whose business this is."""


class NotYourDeskError(Exception):
    """The caller does not sit at the desk."""


def authorise(caller: Caller, action: Action) -> Scope:
    """Return how far the caller's right to the action goes.

    Raises:
        NotAuthenticatedError: the caller is anonymous, and the action is not open to everybody.
        NotAllowedError: the caller's role may never do this.
    """
    scope = POLICY[action].get(caller.role)
    if scope is not None:
        return scope
    if caller.role is Role.ANYONE:
        raise NotAuthenticatedError(f"to {action.value} needs a token")
    raise NotAllowedError(action, caller.role)


def authorise_at_desk(caller: Caller, action: Action, desk: str) -> str:
    """Return the caller's agency, if the caller has the right to the action and sits at that desk of the agency.

    Raises:
        NotAuthenticatedError, NotAllowedError: as `authorise` raises them.
        NotYourDeskError: the caller does not sit there.
    """
    authorise(caller, action)
    if caller.agency is None or not caller.sits_at(caller.agency, desk):
        raise NotYourDeskError
    return caller.agency
