"""Where events are sent to: an address and nothing else, since it stands in the ledger for ever."""

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
"""An http or https address without a user, a password, a query and a fragment: nothing secret belongs into it."""


def is_endpoint(address: str) -> bool:
    """Return whether the address is one that events can be sent to."""
    if len(address) > _LONGEST or re.fullmatch(_PATTERN, address) is None:
        return False
    with suppress(ValueError):  # a port or an IPv6 address that there is not
        return urlsplit(address).port != 0
    return False
