"""The log as plain files is the same log, complete at every moment, and only new files are written."""

import asyncio
from pathlib import Path

import pytest
from tlog_scales.backend import LocalBackend

from ledger.public_log import files
from ledger.public_log.checkpoint import TreeHead
from ledger.public_log.files import NotThisLogError, publish_files
from ledger.public_log.hashing import EMPTY_ROOT
from ledger.public_log.public_log import PublicLog
from ledger.public_log.stops import ForkError
from ledger.public_log.tiles import tiles_of
from tests.ledger.tree.kept import ORIGIN, Place, append, keep, signer_at
from tests.log.others import SIZES, accepted


def publish(place: Place, folder: Path, *, everything: bool = False) -> tuple[int, int] | None:
    """Publish as the command does; return the size and how many tiles were written."""

    async def publishing() -> tuple[int, int] | None:
        async with PublicLog(place.reader, ORIGIN) as log:
            return await publish_files(log, folder, lambda _done, _total: None, everything=everything)

    return asyncio.run(publishing())


def files_in(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_what_is_new_is_written_and_the_whole_is_accepted_by_others(place: Place, tmp_path: Path) -> None:
    folder, before = tmp_path / "log", 0
    for size in SIZES:
        append(place, size - before)
        keep(place)
        assert publish(place, folder) == (size, len(list(tiles_of(size, before))))
        before = size

    assert publish(place, folder) == (700, 0)
    assert accepted(LocalBackend(folder), (folder / "key").read_text(), place.owner) == 700
    assert not [name for name in files_in(folder) if name.endswith(".new")]


def test_everything_anew_is_the_same_but_for_what_only_earlier_checkpoints_need(place: Place, tmp_path: Path) -> None:
    for _ in range(2):
        append(place, 300)
        keep(place)
        publish(place, tmp_path / "grown")
    publish(place, tmp_path / "fresh")
    (tmp_path / "grown" / "tile" / "0" / "000").write_bytes(b"broken")
    publish(place, tmp_path / "grown", everything=True)

    grown, fresh = files_in(tmp_path / "grown"), files_in(tmp_path / "fresh")
    assert fresh.items() <= grown.items()
    assert {name for name in grown if name not in fresh} == {
        "tile/0/001.p/44",
        "tile/entries/001.p/44",
        "tile/1/000.p/1",
    }


def test_before_anything_is_signed_nothing_is_written(place: Place, tmp_path: Path) -> None:
    assert publish(place, tmp_path / "log") is None
    assert not (tmp_path / "log").exists()


def test_the_checkpoint_comes_last_so_a_crash_leaves_the_log_before(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "log"
    append(place, 300)
    keep(place)
    publish(place, folder)
    before = files_in(folder)
    append(place, 400)
    keep(place)
    write, left = files._write, 5

    def dies(path: Path, content: bytes) -> None:
        nonlocal left
        if left == 0:
            raise KeyboardInterrupt
        left -= 1
        write(path, content)

    with monkeypatch.context() as patched:
        patched.setattr(files, "_write", dies)
        with pytest.raises(KeyboardInterrupt):
            publish(place, folder)
    assert before.items() <= files_in(folder).items()
    assert publish(place, folder) is not None
    assert accepted(LocalBackend(folder), (folder / "key").read_text(), place.owner) == 700


def test_another_log_is_not_written_over(place: Place, tmp_path: Path) -> None:
    append(place, 3)
    keep(place)
    (tmp_path / "checkpoint").write_text(
        "somebody.else/log\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n\n— a Az3g\n"
    )

    with pytest.raises(NotThisLogError, match="another log"):
        publish(place, tmp_path)


def test_a_later_state_is_not_written_over_and_a_fork_is_told(place: Place, tmp_path: Path) -> None:
    append(place, 30)
    keep(place)
    signer = signer_at(place)
    (tmp_path / "checkpoint").write_bytes(signer._signed(TreeHead(31, EMPTY_ROOT)))
    with pytest.raises(NotThisLogError, match="a tree of 31 events"):
        publish(place, tmp_path)
    (tmp_path / "checkpoint").write_bytes(signer._signed(TreeHead(20, b"\1" * 32)))

    with pytest.raises(ForkError):
        publish(place, tmp_path)
