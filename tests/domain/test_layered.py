"""A layered mapping is like a dict that is copied at each change."""

from hypothesis import given
from hypothesis import strategies as st

from domain.layered import Layered

_KEYS = st.integers(0, 60)
_CHANGES = st.lists(st.tuples(st.dictionaries(_KEYS, st.integers(), max_size=12), st.lists(_KEYS, max_size=12)))


@given(st.dictionaries(_KEYS, st.integers()), _CHANGES)
def test_a_layered_mapping_is_what_a_copied_dict_would_be(
    first: dict[int, int], changes: list[tuple[dict[int, int], list[int]]]
) -> None:
    layered, plain = Layered(first), dict(first)
    before: list[tuple[Layered[int, int], dict[int, int]]] = []
    for entries, without in changes:
        before.append((layered, plain))
        layered = layered.updated(entries, without)
        plain = {key: value for key, value in plain.items() if key not in without} | entries
        assert layered == plain
        assert len(layered) == len(list(layered)) == len(plain)
        assert all((key in layered) == (key in plain) and layered.get(key) == plain.get(key) for key in range(61))

    assert all(then == known for then, known in before), "no copy changes what it was made from"
