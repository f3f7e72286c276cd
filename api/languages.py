"""Chooses which of a service's languages a caller prefers."""

from domain.service.state import ServiceState


def preferred_language(accepted: str, service: ServiceState | None) -> str | None:
    """Return the first of the service's languages in the order of Accept-Language (RFC 9110); None without a match."""
    if service is None or service.published_version is None:
        return None
    languages = service.versions[service.published_version].definition.languages
    offered = {language.lower(): language for language in languages}
    for wanted in sorted(filter(_weight, accepted.split(",")), key=_weight, reverse=True):
        tag = wanted.partition(";")[0].strip().lower()
        if found := offered.get(tag) or offered.get(tag.partition("-")[0]):
            return found
    return None


def _weight(wanted: str) -> float:
    _, _, given = wanted.replace(" ", "").lower().partition(";q=")
    try:
        return float(given) if given else 1.0
    except ValueError:
        return 0.0
