# ruff: noqa: PLR2004, T201 - lengths in bytes are explained beside them; the program prints what it finds
"""Checks the proofs that a single window has given out: offline, and without any software of the window.

    python3 pencere_verify.py FILE [FILE ...] --key VKEY [--witness VKEY ...] [--log URL]

FILE is a receipt, a complete history, or a file of events as the window sent them (CloudEvents in JSON). Receipts in
earlier files, or the log that is served at URL, must prove such events. VKEY is the public key of the log, or of a
witness that must have cosigned, or a file that contains it. Get the keys from somebody whom you trust. The program also
compares everything that is proved with everything else.

How a proof works. The log hashes each event to an "entry", and all entries, in order, to one "root" (a Merkle tree,
RFC 6962). It signs the number of entries and the root: this is a "checkpoint". A receipt contains an event, its place,
and the hashes beside its way up the tree. From these anybody can compute the root. If it equals the signed root, the
event was in the log, exactly as it is in the receipt.

The program needs only Python 3.11. Exit status 0: everything holds. 1: something does not. 2: it could not find out.
"""

import argparse
import base64
import functools
import hashlib
import http.client
import json
import re
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID, uuid5

# A ValueError means that something does not hold: exit status 1.
# A LookupError or an OSError means that the program cannot find out: exit status 2.


# ---- Texts ----


def match(form: str, text: str, otherwise: str) -> re.Match[str]:
    """Return the match of the whole text with a form; refuse a text that does not match."""
    found = re.fullmatch(form, text)
    if found is None:
        raise ValueError(otherwise)
    return found


def from_base64(text: str) -> bytes:
    """Return the bytes that a text encodes; refuse every spelling but the usual one."""
    if len(text) % 4 != 0 or text == "":
        raise ValueError("something in Base 64 is cut off")
    decoded = base64.b64decode(text.encode(), validate=True)
    if base64.b64encode(decoded).decode() != text:
        raise ValueError("something that should be Base 64 is not")
    return decoded


# ---- Ed25519 signatures (RFC 8032, section 5.1). Slow: each check takes some hundredths of a second. ----

PRIME = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
CURVE_D = -121665 * pow(121666, -1, PRIME) % PRIME

Point = tuple[int, int]  # x and y on the curve
ZERO: Point = (0, 1)


def decode_point(encoded: bytes) -> Point:
    """Return the point of an encoding: y in 255 bits, and the lowest bit of x above them."""
    number = int.from_bytes(encoded, "little")
    x_is_odd = number >> 255
    y = number % 2**255
    x_squared = (y * y - 1) * pow(CURVE_D * y * y + 1, -1, PRIME) % PRIME
    x = pow(x_squared, (PRIME + 3) // 8, PRIME)
    if (x * x - x_squared) % PRIME != 0:
        x = x * pow(2, (PRIME - 1) // 4, PRIME) % PRIME
    if y >= PRIME or (x * x - x_squared) % PRIME != 0 or (x == 0 and x_is_odd):
        raise ValueError("the public key is not one")
    if x % 2 != x_is_odd:
        x = PRIME - x
    return x, y


def encode_point(point: Point) -> bytes:
    """Return the encoding of a point."""
    x, y = point
    x_is_odd = x % 2
    return (y | x_is_odd << 255).to_bytes(32, "little")


def add(left: Point, right: Point) -> Point:
    """Return the sum of two points."""
    x1, y1 = left
    x2, y2 = right
    product = CURVE_D * x1 * x2 * y1 * y2
    x = (x1 * y2 + x2 * y1) * pow(1 + product, -1, PRIME) % PRIME
    y = (y1 * y2 + x1 * x2) * pow(1 - product, -1, PRIME) % PRIME
    return x, y


def negative(point: Point) -> Point:
    """Return the point that adds up to zero with this one."""
    x, y = point
    return PRIME - x, y


def multiply(number: int, point: Point) -> Point:
    """Return a point added to itself, as often as the number says."""
    result = ZERO
    for bit in f"{number:b}":
        result = add(result, result)
        if bit == "1":
            result = add(result, point)
    return result


def has_signed(public_key: bytes, message: bytes, signature: bytes) -> bool:
    """Return whether a signature, R[32] and s[32], is this key's: whether R = s * base - hash * key."""
    key = decode_point(public_key)
    if len(signature) != 64:
        return False
    encoded_r = signature[:32]
    s = int.from_bytes(signature[32:], "little")
    if s >= ORDER:
        return False
    digest = hashlib.sha512(encoded_r + public_key + message).digest()
    hashed = int.from_bytes(digest, "little") % ORDER
    base_y = 4 * pow(5, -1, PRIME) % PRIME
    base = decode_point(base_y.to_bytes(32, "little"))
    r = add(multiply(s, base), multiply(hashed, negative(key)))
    return encode_point(r) == encoded_r


# ---- Keys and signed texts ----

LOG_KEY, WITNESS_KEY = 1, 4  # kinds of keys


class Key(NamedTuple):
    """A public key: the name that it signs under, its kind (1 for a log, 4 for a witness), and its 32 bytes."""

    name: str
    kind: int
    public: bytes

    @classmethod
    def parse(cls, text: str) -> "Key":
        """Return the key of a line NAME+ID+BASE64."""
        is_none = "the verifier key is not one: NAME+8 hexadecimal digits+BASE64"
        found = match(r"([^\s+]+)\+([0-9a-f]{8})\+(\S+)", text.strip(), is_none)
        name, key_id, encoded = found.groups()
        decoded = from_base64(encoded)
        key = cls(name, decoded[0], decoded[1:])
        if len(key.public) != 32 or key.kind not in (LOG_KEY, WITNESS_KEY) or key.id != key_id:
            raise ValueError(is_none)
        return key

    @property
    def id(self) -> str:
        """Return the first bytes of each signature by this key, in hexadecimal: they say whose signature it is."""
        hashed = hashlib.sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.public)
        return hashed.hexdigest()[:8]


@functools.lru_cache(maxsize=64)
def signed_text(note: str, key: Key) -> str:
    """Return the text of a note (c2sp.org/signed-note); refuse a note that the key has not signed."""
    text, _, signature_lines = note.rpartition("\n\n")
    match(r"(— \S+ \S+\n)+", signature_lines, "it is cut off, or something stands where only signatures may")
    own_signatures = []
    for name, encoded in re.findall(r"— (\S+) (\S+)\n", signature_lines):
        decoded = from_base64(encoded)
        key_id, signature = decoded[:4].hex(), decoded[4:]
        if name == key.name and key_id == key.id:
            own_signatures.append(signature)
    if not own_signatures:
        raise ValueError(f"it is not signed by {key.name} with the key that you gave")
    for signature in own_signatures:
        check_signature(f"{text}\n", signature, key)
    return f"{text}\n"


def check_signature(text: str, signature: bytes, key: Key) -> None:
    """Refuse a signature under a text that is not the key's."""
    if key.kind == WITNESS_KEY:
        # A witness also signs the time at which it saw the text (c2sp.org/tlog-cosignature): time[8], signature[64].
        seen_at = int.from_bytes(signature[:8])
        message = f"cosignature/v1\ntime {seen_at}\n{text}"
        signature = signature[8:]
    else:
        message = text
    if not has_signed(key.public, message.encode(), signature):
        raise ValueError(f"the signature of {key.name} is not good")


class Checkpoint(NamedTuple):
    """What a log has signed: the number of its events, and the root of the tree over them."""

    size: int
    root: bytes


def read_checkpoint(note: str, keys: Sequence[Key]) -> Checkpoint:
    """Return a checkpoint (c2sp.org/tlog-checkpoint); refuse it unless all keys have signed it, the log's first."""
    log_key = keys[0]
    text = signed_text(note, log_key)
    for witness_key in keys[1:]:
        signed_text(note, witness_key)
    is_none = f"it is not a checkpoint of the log {log_key.name}"
    if log_key.kind != LOG_KEY:
        raise ValueError(is_none)
    found = match(re.escape(log_key.name) + r"\n(0|[1-9][0-9]{0,18})\n(.+)\n(?:.+\n)*", text, is_none)
    size, root = found.groups()
    return Checkpoint(int(size), from_base64(root))


# ---- Events ----


class Event(NamedTuple):
    """An event as the window has stored it: its open part (`said`), and its leaf in the tree."""

    stream: UUID
    version: int
    topic: str
    time: str
    said: bytes
    leaf: bytes

    @classmethod
    def parse(cls, raw: bytes) -> "Event":
        """Return the event of these bytes: head, open part, hash[32] of the sealed part.

        The head is 1, salt[32], stream[16], version[8], length of the topic[4], topic, time[8].
        The entry is the SHA-256 of head, SHA-256 of the open part, and hash of the sealed part.
        """
        topic_length = int.from_bytes(raw[57:61])
        topic_end = 61 + topic_length
        head_end = topic_end + 8
        if raw[:1] != b"\x01" or len(raw) < head_end + 32:
            raise ValueError("the event is cut off, or in a form that is not known here")
        head, said, sealed_hash = raw[:head_end], raw[head_end:-32], raw[-32:]
        entry = hashlib.sha256(head + hashlib.sha256(said).digest() + sealed_hash).digest()
        return cls(
            stream=UUID(bytes=raw[33:49]),
            version=int.from_bytes(raw[49:57]),
            topic=raw[61:topic_end].decode(),
            time=time_of(int.from_bytes(raw[topic_end:head_end])),
            said=said,
            leaf=hashlib.sha256(b"\x00" + entry).digest(),
        )


def time_of(microseconds: int) -> str:
    """Return a time as people write it; the microseconds count from 1970."""
    seconds, fraction = divmod(microseconds, 1_000_000)
    return time.strftime(f"%Y-%m-%dT%H:%M:%S.{fraction:06}Z", time.gmtime(seconds))


def read_cloud_event(document: dict[str, Any]) -> tuple[Event, int]:
    """Return the event of a CloudEvent, and its position in the log."""
    names = ("position", "subject", "id", "type", "recordedat", "salt", "sealedhash")
    attributes = " ".join(str(document.get(name)) for name in names)
    form = r"(?a)(\d{1,19}) (\S{36}) \2:(\d{1,19}) (\S+) (\d{1,19}) ([0-9a-f]{64}) ([0-9a-f]{64})"
    found = match(form, attributes, "it is not an event as the window tells one")
    position, stream, version, topic, recorded_at, salt, sealed_hash = found.groups()
    head = [
        b"\x01",
        bytes.fromhex(salt),
        UUID(stream).bytes,
        int(version).to_bytes(8),
        len(topic.encode()).to_bytes(4),
        topic.encode(),
        int(recorded_at).to_bytes(8),
    ]
    event = Event.parse(b"".join(head) + open_part(document) + bytes.fromhex(sealed_hash))
    if document.get("time") != event.time:
        raise ValueError("it is told with two times that differ")
    return event, int(position)


def open_part(document: dict[str, Any]) -> bytes:
    """Return the open part of a CloudEvent, byte for byte as it was stored."""
    if "data_base64" in document:
        return from_base64(document["data_base64"])
    # JSON is stored with sorted keys and without spaces.
    return json.dumps(document.get("data"), sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


# ---- The tree ----


class Proof(NamedTuple):
    """An event, its position in the log, and the signed checkpoint whose tree contains it there."""

    event: Event
    position: int
    size: int
    root: bytes


def node(left: bytes, right: bytes) -> bytes:
    """Return the hash of the node above two others."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_over(start: int, end: int, index: int, leaf: bytes, other: Callable[[int, int], bytes]) -> bytes:
    """Return the root over the leaves from start to end (not included).

    The leaf at `index` is known. `other(start, end)` returns the root over leaves beside it, the highest first.
    """
    if end - start == 1:
        return leaf
    largest_power_of_two = 1 << ((end - start - 1).bit_length() - 1)
    middle = start + largest_power_of_two
    if index < middle:
        right = other(middle, end)
        left = root_over(start, middle, index, leaf, other)
    else:
        left = other(start, middle)
        right = root_over(middle, end, index, leaf, other)
    return node(left, right)


class ServedLog:
    """The public log at an address (c2sp.org/tlog-tiles), as of the checkpoint that it serves now."""

    def __init__(self, url: str, keys: Sequence[Key]) -> None:
        self._url = url.rstrip("/")
        self._files: dict[str, bytes] = {}
        self.size, self.root = read_checkpoint(self._file("checkpoint").decode(), keys)

    def proof(self, event: Event, position: int) -> Proof:
        """Return the proof that the event is at this position; LookupError when no checkpoint covers it yet."""
        if position > self.size:
            raise LookupError(f"the log has signed {self.size} events so far, and this is number {position}")
        is_other = f"what the log has at position {position} is another event"
        if position <= 0:
            raise ValueError(is_other)
        if root_over(0, self.size, position - 1, event.leaf, self._hash_over) != self.root:
            raise ValueError(is_other)
        return Proof(event, position, self.size, self.root)

    def _hash_over(self, start: int, end: int) -> bytes:
        """Return the root over the leaves from start to end, as the tiles have it."""
        height = (end - start).bit_length() - 1
        middle = start + (1 << height)
        if middle != end:
            return node(self._hash_over(start, middle), self._hash_over(middle, end))
        # The leaves are 2**height in number. A tile has 256 hashes, each over 256**level leaves.
        level = height // 8
        number_in_level = start >> (8 * level)
        tile_number, first = divmod(number_in_level, 256)
        count = 1 << (height % 8)
        tile = self._tile(level, tile_number)
        hashes = [tile[32 * place : 32 * place + 32] for place in range(first, first + count)]
        while len(hashes) > 1:
            hashes = [node(left, right) for left, right in zip(hashes[::2], hashes[1::2], strict=True)]
        return hashes[0]

    def _tile(self, level: int, number: int) -> bytes:
        """Return a tile. Number 1234067 is at x001/x234/067; a tile that is not full has its width at the end."""
        *groups, last_group = f"{number:,}".split(",")
        path = "".join(f"x{group:0>3}/" for group in groups) + f"{last_group:0>3}"
        hashes_in_level = self.size >> (8 * level)
        width = hashes_in_level - 256 * number
        if width < 256:
            path += f".p/{width}"
        tile = self._file(f"tile/{level}/{path}")
        if len(tile) != 32 * min(width, 256):
            raise LookupError(f"tile {level}/{path} of {self._url} is cut off, or is not one")
        return tile

    def _file(self, path: str) -> bytes:
        """Return a file of the log; each is fetched once."""
        if path not in self._files:
            address = f"{self._url}/{path}"
            try:
                with urllib.request.urlopen(address, timeout=30) as answer:  # noqa: S310 - the reader's choice
                    self._files[path] = answer.read()
            except (http.client.HTTPException, ValueError) as error:
                raise OSError(f"{address} has no answer, or only a part of one, or is no address") from error
        return self._files[path]


# ---- Receipts and complete histories ----

FIRST_LINE_OF_A_RECEIPT = "c2sp.org/tlog-proof@v1\n"


def read_receipt(text: str, keys: Sequence[Key]) -> Proof:
    """Return the proof in a receipt (c2sp.org/tlog-proof) after its first line. Its extra data are the event."""
    form = r"extra (.+)\nindex (0|[1-9][0-9]{0,18})\n((?:[^=\n]{43}=\n)*)\n([^\0]+)"
    extra, index_text, path_lines, note = match(form, text, "it is not a receipt").groups()
    size, root = read_checkpoint(note, keys)
    event = Event.parse(from_base64(extra))
    index = int(index_text)
    path = [from_base64(line) for line in path_lines.splitlines()]  # from the leaf up to the root

    def next_from_above(_start: int, _end: int) -> bytes:
        return path.pop() if path else b""

    leads_nowhere = "the way up from the event does not lead to the root that is signed"
    if index >= size:
        raise ValueError(leads_nowhere)
    if root_over(0, size, index, event.leaf, next_from_above) != root or path:
        raise ValueError(leads_nowhere)
    return Proof(event, index + 1, size, root)


class History(NamedTuple):
    """The log's statement about a case: the last version of each of its streams, in a tree of this size."""

    last_versions: dict[UUID, int]
    size: int


def read_statement(note: str, log_key: Key) -> History:
    """Return the statement that the log has signed about a case and the looks at it."""
    key = log_key._replace(name=f"{log_key.name}/head")
    form = re.escape(key.name) + r"\ncase (.{36})\nversions ([0-9]+)\nlooks ([0-9]+)\nsize ([0-9]+)\n"
    found = match(form, signed_text(note, key), "what is signed is not a statement about a case")
    case, versions, looks, size = found.groups()
    stream = UUID(case)
    stream_of_looks = uuid5(stream, "looks")
    return History({stream: int(versions), stream_of_looks: int(looks)}, int(size))


def check_complete(history: History, proofs: Sequence[Proof]) -> None:
    """Refuse proofs that are not those of all events in a history, each one once."""
    stated = [
        f"{version} of {stream}"
        for stream, last_version in history.last_versions.items()
        for version in range(1, last_version + 1)
    ]
    proved = [f"{proof.event.version} of {proof.event.stream}" for proof in proofs if proof.size == history.size]
    if sorted(stated) != sorted(proved):
        missing = ", ".join(event for event in stated if event not in proved) or "none, but there are others"
        raise ValueError(f"the log has signed {len(stated)} events; missing here: {missing}")


def read_proof_file(text: str, keys: Sequence[Key]) -> tuple[list[History], list[Proof]]:
    """Return what a file of receipts proves. It is a complete history if the log's statement comes first."""
    statement, *receipts = text.split(FIRST_LINE_OF_A_RECEIPT)
    proofs = [read_receipt(receipt, keys) for receipt in receipts]
    if statement == "":
        return [], proofs
    history = read_statement(statement, keys[0])
    check_complete(history, proofs)
    return [history], proofs


# ---- Events as the window sent them ----


def read_cloud_events(text: str) -> Iterator[dict[str, Any]]:
    """Return the CloudEvents of a text: one after the other, or in pages with `items`."""
    with_commas = text.strip().replace("}\n{", "},{")
    for document in json.loads(f"[{with_commas}]"):
        yield from document.get("items", [document])


def prove(document: dict[str, Any], known: Sequence[Proof], log: ServedLog | None) -> Proof:
    """Return the proof of a CloudEvent: one that is known already, or else one from the log."""
    event, position = read_cloud_event(document)
    for proof in known:
        if proof.position == position:
            if proof.event.leaf != event.leaf:
                raise ValueError(f"what the log has at position {position} is another event")
            return proof
    if log is None:
        raise LookupError(f"nothing here proves the event at position {position}: say where the log is, --log URL")
    return log.proof(event, position)


# ---- Draws of officials ----


DRAW_TOPICS = {
    "desk.draw_chain_anchored",
    "desk.draw_requested",
    "desk.draw_share_revealed",
    "desk.draw_share_recovered",
    "desk.official_drawn",
}


class Told(NamedTuple):
    """A proved event of a desk, and what it says."""

    proof: Proof
    said: dict[str, Any]

    @property
    def topic(self) -> str:
        """Return what has happened."""
        return self.proof.event.topic


class Drawn(NamedTuple):
    """A draw that was computed again: its number at its desk, the place that it picks, and among how many places."""

    desk: UUID
    number: int
    place: int
    among: int
    keepers: int


def sha256(*parts: bytes) -> bytes:
    """Return the hash of these bytes, one after the other."""
    return hashlib.sha256(b"".join(parts)).digest()


def fair_place(seed: bytes, among: int) -> int:
    """Return the place that a seed picks, from 0. Numbers that would favour the first places are thrown again."""
    end_of_fair = 2**64 - 2**64 % among
    throw = 0
    while True:
        number = int.from_bytes(sha256(b"pencere/draw-pick/v1\0", seed, throw.to_bytes(4))[:8])
        if number < end_of_fair:
            return number % among
        throw += 1


def read_draws(proofs: Sequence[Proof]) -> Iterator[Drawn]:
    """Compute again each draw whose result is among what is proved; refuse one that picks another place."""
    told = [Told(proof, json.loads(proof.event.said)["data"]) for proof in proofs if proof.event.topic in DRAW_TOPICS]
    for result in told:
        if result.topic == "desk.official_drawn":
            desk, number = result.proof.event.stream, result.said["number"]
            of_desk = [each for each in told if each.proof.event.stream == desk]
            of_draw = [each for each in of_desk if each.said.get("number") == number]
            requests = [each for each in of_draw if each.topic == "desk.draw_requested"]
            if not requests:
                raise LookupError(f"draw {number} cannot be computed without the proof of its request")
            fixed = requests[0].said
            links = read_links(requests[0], of_desk, of_draw)
            seed = seed_of(desk, fixed, links)
            place = fair_place(seed, len(fixed["commitments"]))
            if (seed.hex(), place) != (result.said["seed"], result.said["index"]):
                raise ValueError(f"draw {number} picks place {place}, and not {result.said['index']}")
            yield Drawn(desk, number, place, len(fixed["commitments"]), len(fixed["sources"]))


def read_links(request: Told, of_desk: Sequence[Told], of_draw: Sequence[Told]) -> dict[str, str]:
    """Return keeper -> link of a draw; refuse a link that is not of the chain that the keeper has anchored before."""
    number = request.said["number"]
    links = {}
    for share in of_draw:
        if share.topic in ("desk.draw_share_revealed", "desk.draw_share_recovered"):
            if share.proof.position <= request.proof.position:
                raise ValueError(f"a link of draw {number} was revealed before the draw was fixed")
            links[share.said["keeper"]] = share.said["link"]
    for source in request.said["sources"]:
        keeper = source["keeper"]
        anchors = [
            each.said["anchor"]
            for each in of_desk
            if each.topic == "desk.draw_chain_anchored"
            and each.proof.position < request.proof.position
            and (each.said["keeper"], each.said["chain"]) == (keeper, source["chain"])
        ]
        if not anchors or keeper not in links:
            raise LookupError(f"draw {number} cannot be computed without the chain and the link of keeper {keeper}")
        link = bytes.fromhex(links[keeper])
        for _ in range(source["link"]):
            link = sha256(b"pencere/draw-chain/v1\0", UUID(keeper).bytes, link)
        if link.hex() != anchors[0]:
            raise ValueError(f"the link of draw {number} is not of the chain that keeper {keeper} has anchored")
    return links


def seed_of(desk: UUID, fixed: dict[str, Any], links: dict[str, str]) -> bytes:
    """Return the seed of a draw, from what its request has fixed and from the keepers' links."""
    commitments = [bytes.fromhex(commitment) for commitment in fixed["commitments"]]
    log = fixed["log"].encode()
    shares = sorted(
        UUID(source["keeper"]).bytes + bytes.fromhex(links[source["keeper"]]) for source in fixed["sources"]
    )
    return sha256(
        b"pencere/draw/v1\0",
        len(log).to_bytes(2) + log,
        desk.bytes,
        fixed["number"].to_bytes(8),
        fixed["redraw"].to_bytes(2),
        bytes.fromhex(fixed["case_entry"]),
        sha256(len(commitments).to_bytes(4), *commitments),
        bytes.fromhex(fixed["nonce"]),
        len(shares).to_bytes(2),
        *shares,
        (0).to_bytes(2),  # no beacon
    )


# ---- All files together ----


def read_file(
    file: str, keys: Sequence[Key], log: ServedLog | None, known: Sequence[Proof]
) -> tuple[list[History], list[Proof]]:
    """Return what a file proves; what earlier files proved is `known`."""
    text = Path(file).read_bytes().decode()
    histories: list[History] = []
    if text.startswith("{"):
        try:
            proofs = [prove(document, known, log) for document in read_cloud_events(text)]
        except RecursionError:
            raise LookupError("it is nested too deep to be read here") from None
        except (AttributeError, TypeError):
            raise ValueError("it is not an event as the window tells one") from None
    else:
        histories, proofs = read_proof_file(text, keys)
    if not proofs:
        raise ValueError("there is nothing in it")
    return histories, proofs


def compare(proofs: Sequence[Proof], histories: Sequence[History]) -> None:
    """Check that nothing that the log has signed contradicts anything else that it has signed."""
    known: dict[str, bytes] = {}
    for proof in proofs:
        event = proof.event
        name = f"event {event.version} of {event.stream}"
        facts = {
            f"tree of {proof.size} events": proof.root,
            f"position {proof.position}": event.leaf,
            name: event.leaf,
        }
        for what, fact in facts.items():
            if known.setdefault(what, fact) != fact:
                raise ValueError(f"FRAUD: the log has signed two that differ: {what}")
        for history in histories:
            is_of_this_case = event.stream in history.last_versions
            is_older = proof.position <= history.size
            if is_of_this_case and is_older and event.version > history.last_versions[event.stream]:
                raise ValueError(f"FRAUD: the log has signed a history without {name}, which it has")


def show(file: str, proof: Proof, log_name: str) -> None:
    """Print what a proof proves."""
    event = proof.event
    said = event.said.decode(errors="backslashreplace")
    print(f"{file}: {event.topic}, event {event.version} of {event.stream}, recorded {event.time},")
    print(f"  is number {proof.position} of {proof.size} that {log_name} has signed; it says {said}")


def read_key(key: str) -> Key:
    """Return a key that is given as a line or as a file with this line."""
    path = Path(key)
    return Key.parse(path.read_text() if path.is_file() else key)


def main() -> None:
    """Check the files that the command names, and print what they prove."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", metavar="FILE", nargs="+")
    parser.add_argument("--key", metavar="VKEY", required=True)
    parser.add_argument("--witness", metavar="VKEY", action="append", default=[])
    parser.add_argument("--log", metavar="URL")
    asked = parser.parse_args()
    proofs: list[Proof] = []
    histories: list[History] = []
    file = "--key"
    try:
        keys = [read_key(key) for key in (asked.key, *asked.witness)]
        log = ServedLog(asked.log, keys) if asked.log else None
        for file in asked.files:
            stated, found = read_file(file, keys, log, proofs)
            for proof in found:
                show(file, proof, keys[0].name)
            for history in stated:
                print(f"{file}: these are all events of the case among the first {history.size}")
            proofs += found
            histories += stated
        compare(proofs, histories)
        for drawn in read_draws(proofs):
            print(f"draw {drawn.number} of desk {drawn.desk} picks place {drawn.place} of {drawn.among}, as it says;")
            print(f"  so many keepers had a part in it: {drawn.keepers}")
    except ValueError as error:
        print(f"{file}: DOES NOT HOLD: {error}")
        sys.exit(1)
    except (LookupError, OSError) as error:
        print(f"{file}: CANNOT BE TOLD: {error}")
        sys.exit(2)
    print("Everything holds.")


if __name__ == "__main__":
    main()
