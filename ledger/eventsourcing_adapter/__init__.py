"""The ledger as a persistence module of the `eventsourcing` package.

`PERSISTENCE_MODULE=ledger.eventsourcing_adapter` and `PENCERE_LEDGER_URL` let a plain application and a plain
projection of that package run on the ledger; see docs/auditor-projection.md and docs/adr/0005.
"""

from ledger.eventsourcing_adapter.factory import LedgerFactory
from ledger.eventsourcing_adapter.mapper import LedgerMapper, Recorded
from ledger.eventsourcing_adapter.notifications import LedgerNotification
from ledger.eventsourcing_adapter.recorder import LedgerRecorder
from ledger.eventsourcing_adapter.subscription import LedgerSubscription

__all__ = ["LedgerFactory", "LedgerMapper", "LedgerNotification", "LedgerRecorder", "LedgerSubscription", "Recorded"]
