"""All read models."""

from projections.agency_feed.fold import VIEW as AGENCY_FEED
from projections.calendars.fold import VIEW as CALENDARS
from projections.case_history.fold import VIEW as CASE_HISTORY
from projections.case_status.fold import VIEW as CASE_STATUS
from projections.catalogue.fold import VIEW as CATALOGUE
from projections.deadlines.fold import VIEW as DEADLINES
from projections.draws.fold import VIEW as DRAWS
from projections.evidence_requests.fold import VIEW as EVIDENCE_REQUESTS
from projections.figures.fold import VIEW as FIGURES
from projections.once_only.fold import VIEW as ONCE_ONLY
from projections.resource_register.fold import VIEW as RESOURCE_REGISTER
from projections.service_performance.fold import VIEW as SERVICE_PERFORMANCE
from projections.subscriptions.fold import VIEW as SUBSCRIPTIONS
from projections.worklist.fold import VIEW as WORKLIST

ALL_VIEWS = (
    CASE_HISTORY,
    CASE_STATUS,
    WORKLIST,
    DEADLINES,
    SERVICE_PERFORMANCE,
    FIGURES,
    AGENCY_FEED,
    CATALOGUE,
    CALENDARS,
    RESOURCE_REGISTER,
    SUBSCRIPTIONS,
    EVIDENCE_REQUESTS,
    ONCE_ONLY,
    DRAWS,
)
