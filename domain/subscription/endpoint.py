"""An endpoint: an address and nothing secret, since the ledger keeps it permanently."""

import re
from contextlib import suppress
from typing import Annotated, Final, TypeAlias
from urllib.parse import urlsplit

from pydantic import StringConstraints

_LONGEST: Final = 500
_PATTERN: Final = (
    r"^https?://"
    r"([A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*|\[[0-9A-Fa-f:.]+\])"
    r"(:[0-9]{1,5})?(/[A-Za-z0-9/._~!$&'()*+,;=:@%-]*)?$"
)

Endpoint: TypeAlias = Annotated[str, StringConstraints(pattern=_PATTERN, max_length=_LONGEST)]
"""An http or https address without user, password, query and fragment: it must contain no secret."""


def is_endpoint(address: str) -> bool:
    """Return whether events can be sent to the address."""
    if len(address) > _LONGEST or re.fullmatch(_PATTERN, address) is None:
        return False
    with suppress(ValueError):  # an impossible port or IPv6 address
        return urlsplit(address).port != 0
    return False
