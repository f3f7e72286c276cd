"""What every use case needs."""

from typing import NamedTuple

from application.catalogue import Catalogue
from application.clock import Clock
from ledger.log import Ledger
from ledger.vault import Vault


class Window(NamedTuple):
    """The single window, ready to serve."""

    ledger: Ledger
    vault: Vault
    catalogue: Catalogue
    clock: Clock
