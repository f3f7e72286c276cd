"""What the reference resource keeps in its folder: its keys, what it has answered, and what people decided."""

import json
import os
import re
import secrets
from pathlib import Path
from typing import Final, NamedTuple
from uuid import UUID

from application.evidence.keys import EvidenceKeys

_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{43}")


class Preview(NamedTuple):
    """A preview: of which request, what would be answered to whom, where the person goes next, what they decided."""

    token: str
    request: str
    shown: dict[str, str]
    back_to: str | None = None
    decision: str | None = None


def keys_in(folder: Path) -> EvidenceKeys:
    """Return the resource's keys in its folder; those that are missing are made."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return EvidenceKeys.kept_in(folder, "signing-key.json", "sealing-key.json")


class Kept:
    """Answers by the hash of their question, and previews: a restart answers the same, and forgets no decision.

    Args:
        folder: where the files are.
    """

    def __init__(self, folder: Path) -> None:
        self._answers, self._previews = folder / "answers", folder / "previews"
        for each in (self._answers, self._previews):
            each.mkdir(parents=True, exist_ok=True, mode=0o700)

    def answer(self, request_hash: str) -> bytes | None:
        """Return what was answered to these very bytes."""
        file = self._answers / f"{request_hash}.jws"
        return file.read_bytes() if file.exists() else None

    def keep_answer(self, request_hash: str, raw: bytes) -> None:
        """Keep an answer before it is given."""
        _write(self._answers / f"{request_hash}.jws", raw)

    def preview_of(self, request_id: UUID) -> Preview | None:
        """Return the preview of a request."""
        file = self._previews / f"{request_id}.json"
        return Preview(**json.loads(file.read_bytes())) if file.exists() else None

    def preview_at(self, token: str) -> Preview | None:
        """Return the preview with a token, which only the person has."""
        if not _TOKEN.fullmatch(token):
            return None
        pointer = self._previews / f"{token}.of"
        return self.preview_of(UUID(pointer.read_text())) if pointer.exists() else None

    def begin_preview(self, request_id: UUID, shown: dict[str, str], back_to: str | None) -> Preview:
        """Keep a new preview of a request."""
        made = Preview(secrets.token_urlsafe(32), str(request_id), shown, back_to)
        self._keep(made)
        # After the preview itself: a token without its preview would lead nowhere.
        _write(self._previews / f"{made.token}.of", made.request.encode())
        return made

    def decide(self, preview: Preview, decision: str) -> None:
        """Keep what the person decided; the first decision counts."""
        if preview.decision is None:
            self._keep(preview._replace(decision=decision))

    def _keep(self, preview: Preview) -> None:
        _write(self._previews / f"{preview.request}.json", json.dumps(preview._asdict()).encode())


def _write(file: Path, content: bytes) -> None:
    beside = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as opened:
        opened.write(content)
    beside.replace(file)  # whole or not at all
