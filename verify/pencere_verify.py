# ruff: noqa: PLR2004, T201 - lengths in bytes are said beside them; what is found is printed
"""Checks what a single window has given out as proof: offline, and with nothing of the window's own.

    python3 pencere_verify.py FILE [FILE ...] --key VKEY [--witness VKEY ...] [--log URL]

FILE is a receipt, a complete history, or events as they were told (CloudEvents in JSON), which receipts before them or
the log that is served at URL must prove. VKEY is the public key of the log, or of a witness that must have cosigned, or
a file with it: have it from somebody whom you trust. All that is proved is held against each other as well.

A proof goes like this. Each event is hashed to an "entry", and all entries, in order, to one "root" (a Merkle tree, RFC
6962). The log signs their number and the root: a "checkpoint". From an event, its place and the hashes beside its way
up anybody can compute the root; if it is the signed one, the event was in the log, and just so.
Needs Python 3.11 and nothing else. Status 0: everything holds. 1: something does not. 2: it cannot be told.
"""

import argparse
import base64
import functools
import hashlib
import json
import re
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias
from uuid import UUID, uuid5


def need(what_holds: Any, otherwise: str) -> Any:
    """Return what holds; refuse what does not."""
    if not what_holds:
        raise ValueError(otherwise)
    return what_holds


# Ed25519 signatures (RFC 8032, section 5.1), by points (x, y) of a curve. Slow: some hundredths of a second for each.
P, ORDER = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P


def _point(encoded: bytes) -> tuple[int, int]:
    odd, y = divmod(int.from_bytes(encoded, "little"), 1 << 255)
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    x = x * pow(2, (P - 1) // 4, P) % P if (x * x - square) % P else x
    need(y < P and (x * x - square) % P == 0 and (x or not odd), "the public key is not one")
    return (x if x & 1 == odd else P - x), y


def _sum(a: int, b: int, c: int, d: int) -> tuple[int, int]:
    twist = D * a * b * c * d
    return (a * d + b * c) * pow(1 + twist, -1, P) % P, (b * d + a * c) * pow(1 - twist, -1, P) % P


def _times(number: int, x: int, y: int) -> tuple[int, int]:
    half = _times(number >> 1, x, y) if number else (0, 1)
    return _sum(*_sum(*half, *half), x, y) if number & 1 else _sum(*half, *half)


def has_signed(public_key: bytes, message: bytes, signature: bytes) -> bool:
    """Tell whether the signature, R[32] and s[32], is the key's: whether R = s * base - hash * key."""
    s = int.from_bytes(signature[32:64], "little")
    hashed = int.from_bytes(hashlib.sha512(signature[:32] + public_key + message).digest(), "little") % ORDER
    (x, y), base = _point(public_key), _point((4 * pow(5, -1, P) % P).to_bytes(32, "little"))
    x, y = _sum(*_times(s, *base), *_times(hashed, P - x, y))
    return len(signature) == 64 and s < ORDER and (y | (x & 1) << 255).to_bytes(32, "little") == signature[:32]


def from_base64(text: str) -> bytes:
    """Return what is encoded; only the one usual way to write it is accepted."""
    raw = base64.b64decode(need(len(text) % 4 == 0 and text.encode(), "something in Base 64 is cut off"), validate=True)
    return bytes(need(base64.b64encode(raw).decode() == text and raw, "something that should be Base 64 is not"))


class Key(NamedTuple):
    """A public key, the name that it signs under, and its kind: 1 signs for a log, 4 for a witness."""

    name: str
    kind: int
    public: bytes

    @classmethod
    def parse(cls, text: str) -> "Key":
        """Return the key of a line NAME+ID+BASE64."""
        is_none = "the verifier key is not one: NAME+8 hexadecimal digits+BASE64"
        found = need(re.fullmatch(r"([^\s+]+)\+([0-9a-f]{8})\+(\S+)", text.strip()), is_none)
        raw = from_base64(found[3])
        key = cls(found[1], raw[0], raw[1:])
        need(len(raw) == 33 and key.kind in (1, 4) and key.id == found[2], is_none)
        return key

    @property
    def id(self) -> str:
        """What a signature begins with, to say whose it is."""
        return hashlib.sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.public).hexdigest()[:8]


@functools.lru_cache(maxsize=64)
def opened(note: str, key: Key) -> str:
    """Return the text of a note (c2sp.org/signed-note) that this key has signed."""
    text, _, lines = note.rpartition("\n\n")
    need(re.fullmatch(r"(— \S+ \S+\n)+", lines), "it is cut off, or something stands where only signatures may")
    signed = [(name, from_base64(encoded)) for name, encoded in re.findall(r"— (\S+) (\S+)\n", lines)]
    own = [raw[4:] for name, raw in signed if (name, raw[:4].hex()) == (key.name, key.id)]
    for signature in need(own, f"it is not signed by {key.name} with the key that you gave"):
        # A witness signs the time at which it saw the text, too (c2sp.org/tlog-cosignature).
        seen = f"cosignature/v1\ntime {int.from_bytes(signature[:8])}\n" if key.kind == 4 else ""
        is_good = has_signed(key.public, f"{seen}{text}\n".encode(), signature[8:] if seen else signature)
        need(is_good, f"the signature of {key.name} is not good")
    return f"{text}\n"


def checkpoint(note: str, keys: Sequence[Key]) -> tuple[int, bytes]:
    """Return size and root of a checkpoint (c2sp.org/tlog-checkpoint) that all these have signed, the log first."""
    text, *_ = (opened(note, key) for key in keys)
    form = re.escape(keys[0].name) + r"\n(0|[1-9][0-9]{0,18})\n(.+)\n(?:.+\n)*"
    found = need(keys[0].kind == 1 and re.fullmatch(form, text), f"it is not a checkpoint of the log {keys[0].name}")
    return int(found[1]), from_base64(found[2])


class Event(NamedTuple):
    """An event as the window has stored it: what it says openly, and its leaf in the tree."""

    stream: UUID
    version: int
    topic: str
    time: str
    said: bytes
    leaf: bytes

    @classmethod
    def parse(cls, raw: bytes) -> "Event":
        """Return the event of: 1, salt[32], stream[16], version[8], topic's length[4], topic, time[8], said, hash[32].

        The hash is that of what is sealed. The entry is the SHA-256 of all this, with what is said as its SHA-256.
        """
        end = 69 + int.from_bytes(raw[57:61])
        need(raw[:1] == b"\x01" and len(raw) >= end + 32, "the event is cut off, or in a form that is not known here")
        entry = hashlib.sha256(raw[:end] + hashlib.sha256(raw[end:-32]).digest() + raw[-32:]).digest()
        seconds, fraction = divmod(int.from_bytes(raw[end - 8 : end]), 1_000_000)
        at = time.strftime(f"%Y-%m-%dT%H:%M:%S.{fraction:06}Z", time.gmtime(seconds))
        stream, version, topic = UUID(bytes=raw[33:49]), int.from_bytes(raw[49:57]), raw[61 : end - 8].decode()
        return cls(stream, version, topic, at, raw[end:-32], hashlib.sha256(b"\x00" + entry).digest())

    @classmethod
    def told(cls, told: dict[str, Any]) -> tuple["Event", int]:
        """Return event and position of a CloudEvent. Its data were stored with sorted keys, without spaces."""
        names = ("position", "subject", "id", "type", "recordedat", "salt", "sealedhash")
        form = r"(\d{1,19}) (\S{36}) \2:(\d{1,19}) (\S+) (\d{1,19}) ([0-9a-f]{64}) ([0-9a-f]{64})"
        found = re.fullmatch(form, " ".join(str(told.get(name)) for name in names), re.ASCII)
        at, stream, *numbers = need(found, "it is not an event as the window tells one").groups()
        version, topic, salt, sealed = int(numbers[0]), numbers[1].encode(), *map(bytes.fromhex, numbers[3:])
        said = json.dumps(told.get("data"), sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
        said = from_base64(told["data_base64"]) if "data_base64" in told else said
        head = b"\x01" + salt + UUID(stream).bytes + version.to_bytes(8) + len(topic).to_bytes(4) + topic
        event = cls.parse(head + int(numbers[2]).to_bytes(8) + said + sealed)
        return need(told.get("time") == event.time and event, "it is told with two times that differ"), int(at)


FIRST_LINE = "c2sp.org/tlog-proof@v1\n"
Proof: TypeAlias = tuple[Event, int, int, bytes]  # an event, its position, and size and root of the signed tree
History: TypeAlias = tuple[dict[UUID, int], int]  # the last version of each stream, in a tree of a size


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_over(start: int, end: int, index: int, leaf: bytes, beside: Callable[[int, int], bytes]) -> bytes:
    """Return the root over the leaves from start to end, one of which is known; `beside` tells the hashes of others."""
    if end - start == 1:
        return leaf
    middle = start + (1 << (end - start - 1).bit_length() - 1)  # on the left stands the largest power of two
    if index < middle:
        right = beside(middle, end)
        return _node(root_over(start, middle, index, leaf, beside), right)
    return _node(beside(start, middle), root_over(middle, end, index, leaf, beside))


class ServedLog:
    """The public log at an address (c2sp.org/tlog-tiles), as of the checkpoint that it serves now."""

    def __init__(self, url: str, keys: Sequence[Key]) -> None:
        self._url, self._got = url.rstrip("/"), dict[str, bytes]()
        self.size, self.root = checkpoint(self._get("checkpoint").decode(), keys)

    def proof(self, event: Event, position: int) -> Proof:
        """Return the proof that the event is at this position; LookupError when no checkpoint covers it yet."""
        if position > self.size:
            raise LookupError(f"the log has signed {self.size} events so far, and this is number {position}")
        root = root_over(0, self.size, position - 1, event.leaf, self._hash) if position > 0 else b""
        is_other = f"what the log has at position {position} is another event"
        return event, position, self.size, need(root == self.root and root, is_other)

    def _hash(self, start: int, end: int) -> bytes:
        height = (end - start).bit_length() - 1
        if (middle := start + (1 << height)) != end:
            return _node(self._hash(start, middle), self._hash(middle, end))
        level, (number, place) = height // 8, divmod(start >> height // 8 * 8, 256)
        width, (*above, last) = min(256, (self.size >> 8 * level) - 256 * number), f"{number:,}".split(",")
        path = "".join(f"x{part:0>3}/" for part in above) + f"{last:0>3}" + (f".p/{width}" if width < 256 else "")
        tile = self._get(f"tile/{level}/{path}")
        hashes = [tile[32 * at : 32 * at + 32] for at in range(place, place + (1 << height % 8))]
        while len(hashes) > 1:
            hashes = [_node(*pair) for pair in zip(hashes[::2], hashes[1::2], strict=True)]
        return hashes[0]

    def _get(self, path: str) -> bytes:
        if path not in self._got:
            with urllib.request.urlopen(f"{self._url}/{path}", timeout=30) as answer:  # noqa: S310 - the reader's choice
                self._got[path] = answer.read()
        return self._got[path]


def receipt(text: str, keys: Sequence[Key]) -> Proof:
    """Return what a receipt proves (c2sp.org/tlog-proof): its extra data are what the entry is made of."""
    form = r"extra (.+)\nindex (0|[1-9][0-9]{0,18})\n((?:[^=\n]{43}=\n)*)\n([^\0]+)"
    found = need(re.fullmatch(form, text), "it is not a receipt")
    (size, root), event, index = checkpoint(found[4], keys), Event.parse(from_base64(found[1])), int(found[2])
    path = [from_base64(line) for line in found[3].splitlines()]
    top = root_over(0, size, index, event.leaf, lambda *_: path.pop() if path else b"") if index < size else b""
    need(top == root and not path, "the way up from the event does not lead to the root that is signed")
    return event, index + 1, size, root


def kept(text: str, keys: Sequence[Key]) -> tuple[list[History], list[Proof]]:
    """Return what receipts prove; with the log's statement before them, they must be all that it speaks of."""
    statement, *receipts = text.split(FIRST_LINE)
    key = keys[0]._replace(name=f"{keys[0].name}/head")
    proofs = [receipt(each, keys) for each in receipts]
    if not statement:
        return [], proofs
    form = re.escape(key.name) + r"\ncase (.{36})\nversions ([0-9]+)\nlooks ([0-9]+)\nsize ([0-9]+)\n"
    found = need(re.fullmatch(form, opened(statement, key)), "what is signed is not a statement about a case")
    case, size = UUID(found[1]), int(found[4])
    last = {case: int(found[2]), uuid5(case, "looks"): int(found[3])}
    events = [f"{version} of {stream}" for stream, count in last.items() for version in range(1, count + 1)]
    there = [f"{event.version} of {event.stream}" for event, _, up_to, _ in proofs if up_to == size]
    missing = ", ".join(event for event in events if event not in there) or "none, but there are others"
    need(sorted(events) == sorted(there), f"the log has signed {len(events)} events; missing here: {missing}")
    return [(last, size)], proofs


def told(text: str, known: Sequence[Proof], log: ServedLog | None) -> Iterator[Proof]:
    """Return the proofs of events as they were told: what is known already, or else from the log."""
    lines = text.strip().replace("}\n{", "},{")
    for each in (each for page in json.loads(f"[{lines}]") for each in page.get("items", [page])):
        event, position = Event.told(each)
        there = (proof for proof in known if proof[1] == position)
        proof = next(there, None) or (log.proof(event, position) if log else None)
        if proof is None:
            raise LookupError(f"nothing here proves the event at position {position}: say where the log is, --log URL")
        yield need(proof[0].leaf == event.leaf and proof, f"what the log has at position {position} is another event")


def compare(proofs: Sequence[Proof], histories: Sequence[History]) -> None:
    """Check that nothing that the log has signed contradicts anything else that it has signed."""
    known = dict[str, bytes]()
    for event, position, size, root in proofs:
        name = f"event {event.version} of {event.stream}"
        for what, fact in ((f"tree of {size} events", root), (f"position {position}", event.leaf), (name, event.leaf)):
            need(known.setdefault(what, fact) == fact, f"FRAUD: the log has signed two that differ: {what}")
        left_out = [up_to for last, up_to in histories if last.get(event.stream, event.version) < event.version]
        need(position > max(left_out, default=0), f"FRAUD: the log has signed a history without {name}, which it has")


def main() -> None:
    """Check the files, and say what they prove."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", metavar="FILE", nargs="+")
    parser.add_argument("--key", metavar="VKEY", required=True)
    parser.add_argument("--witness", metavar="VKEY", action="append", default=[])
    parser.add_argument("--log", metavar="URL")
    asked, proofs, histories, name = parser.parse_args(), list[Proof](), list[History](), "--key"
    try:
        keys = [Key.parse(Path(key).read_text() if Path(key).is_file() else key) for key in (asked.key, *asked.witness)]
        log = ServedLog(asked.log, keys) if asked.log else None
        for name in asked.files:
            text = Path(name).read_bytes().decode()
            signed, found = ([], [*told(text, proofs, log)]) if text.startswith("{") else kept(text, keys)
            need(found, "there is nothing in it")
            for event, position, size, _ in found:
                print(f"{name}: {event.topic}, event {event.version} of {event.stream}, recorded {event.time},")
                said = event.said.decode(errors="backslashreplace")
                print(f"  is number {position} of {size} that {keys[0].name} has signed; it says {said}")
            print(*(f"{name}: these are all events of the case among the first {size}\n" for _, size in signed), end="")
            proofs, histories = proofs + found, histories + signed
        compare(proofs, histories)
    except (ValueError, LookupError, OSError) as error:
        is_false = isinstance(error, ValueError)
        print(f"{name}: {'DOES NOT HOLD' if is_false else 'CANNOT BE TOLD'}: {error}")
        sys.exit(1 if is_false else 2)
    print("Everything holds.")


if __name__ == "__main__":
    main()
