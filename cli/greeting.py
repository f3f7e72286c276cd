"""The text that `serve` prints: the window's address, and requests to paste for each role."""

from pathlib import Path

from application.settings import Settings
from cli.demo import AGENCY_SYSTEM, AUDITOR, CITIZEN, COORDINATOR, OFFICIALS

_SUBMISSION = (
    '{"service": "property-extract", "language": "en",'
    ' "answers": {"property.number": "303-11-204", "extract.kind": "short"}}'
)


def greeting(settings: Settings, address: str) -> str:
    """Return the text; each request is one line that a shell can run."""
    head = f"Pencere serves at {address}\n  documentation: {address}/docs"
    tail = f"Ctrl-C stops it; the data stays in {settings.data.absolute()}."
    if settings.production:
        return f"{head}\n{tail}"
    requests = (
        ("anyone: the catalogue", f"curl -s {address}/v1/services"),
        ("anyone: how a service does", f"curl -s {address}/v1/evaluation/services/child-benefit"),
        (
            "citizen: submit a request",
            (
                f"curl -s {address}/v1/cases {_bearer(settings, 'citizen', CITIZEN)}"
                f" -H 'Content-Type: application/json' -H 'Idempotency-Key: my-first' -d '{_SUBMISSION}'"
            ),
        ),
        ("citizen: my cases", f"curl -s {address}/v1/my/cases {_bearer(settings, 'citizen', CITIZEN)}"),
        (
            "official: what they were drawn for",
            (
                f"curl -s '{address}/v1/desks/family-benefits/worklist?show=mine' "
                f"{_bearer(settings, 'official', OFFICIALS[0], 'social-protection')}"
            ),
        ),
        (
            "official: what is on the desk",
            (
                f"curl -s {address}/v1/desks/extracts/worklist "
                f"{_bearer(settings, 'official', OFFICIALS[0], 'property-register')}"
            ),
        ),
        ("anyone: all draws", f"curl -s {address}/v1/draws"),
        (
            "agency's system: its event feed",
            (
                f"curl -s '{address}/v1/events?after=0&limit=5' "
                f"{_bearer(settings, 'agency', AGENCY_SYSTEM, 'social-protection')}"
            ),
        ),
        ("auditor: all events", f"curl -s '{address}/v1/events?limit=5' {_bearer(settings, 'auditor', AUDITOR)}"),
        (
            "coordinator: drafts and versions",
            f"curl -s {address}/v1/services/child-benefit {_bearer(settings, 'coordinator', COORDINATOR)}",
        ),
    )
    lines = [head, ""]
    for what, request in requests:
        lines += [f"# {what}", request, ""]
    return "\n".join([*lines, tail])


def _bearer(settings: Settings, role: str, subject: str, agency: str | None = None) -> str:
    """Return a header whose token a command makes, so that no token is printed."""
    of = f" --agency {agency}" if agency else ""
    command = f"{_command()} token --role {role} --subject {subject}{of} --data {settings.data.absolute()}"
    return f'-H "Authorization: Bearer $({command})"'


def _command() -> str:
    """Return how to call the `pencere` command from here."""
    launcher = Path(__file__).resolve().parents[1] / "pencere"
    if not launcher.exists():
        return "python -m cli"
    return "./pencere" if launcher.parent == Path.cwd() else str(launcher)
