"""Signed notes and verifier keys (c2sp.org/signed-note): a text, and the signatures under it."""

import base64
import binascii
import hashlib
from collections.abc import Iterable
from typing import Final, NamedTuple, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

ED25519: Final = 0x01
COSIGNATURE: Final = 0x04
"""Signature types: of the text, and of a witness's statement about it (c2sp.org/tlog-cosignature)."""

_KEY_ID: Final = 4
_PUBLIC_KEY: Final = 32
_LARGEST: Final = 1 << 20
_SIGNED_BY: Final = "— "


class NoteError(ValueError):
    """This is not a note, or not signed as it should be; the text says why."""


class NoteSignature(NamedTuple):
    """A signature, and the key that it claims to come from."""

    name: str
    key_id: bytes
    signature: bytes

    @classmethod
    def parse(cls, line: str) -> Self:
        """Return the signature in a line, which is given without its newline.

        Raises:
            NoteError: it is not such a line.
        """
        dash, _, rest = line.partition(" ")
        name, _, encoded = rest.partition(" ")
        raw = from_base64(encoded)
        if f"{dash} " != _SIGNED_BY or not is_key_name(name) or len(raw) <= _KEY_ID:
            raise NoteError("a signature line is not one")
        return cls(name, raw[:_KEY_ID], raw[_KEY_ID:])

    @property
    def line(self) -> str:
        """The line, with its newline."""
        return f"{_SIGNED_BY}{self.name} {to_base64(self.key_id + self.signature)}\n"


class VerifierKey(NamedTuple):
    """A public key with the name under which it signs: a "vkey"."""

    name: str
    algorithm: int
    public_key: bytes

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the key in a text such as `example.com/log+530d903a+Aekye...`.

        Raises:
            NoteError: it is not such a key, or of an unknown type.
        """
        name, _, rest = text.partition("+")
        key_id, _, encoded = rest.partition("+")
        raw = from_base64(encoded)
        if not is_key_name(name) or len(raw) != 1 + _PUBLIC_KEY or raw[0] not in (ED25519, COSIGNATURE):
            raise NoteError("not an Ed25519 verifier key: NAME+8 hexadecimal digits+BASE64")
        key = cls(name, raw[0], raw[1:])
        if key.key_id.hex() != key_id:
            raise NoteError(f"the verifier key of {name} says another id than it has")
        return key

    @property
    def key_id(self) -> bytes:
        """Four bytes by which a signature names its key; they prove nothing."""
        kind = bytes([self.algorithm])
        return hashlib.sha256(self.name.encode() + b"\n" + kind + self.public_key).digest()[:_KEY_ID]

    @property
    def text(self) -> str:
        """The key as it is published."""
        return f"{self.name}+{self.key_id.hex()}+{to_base64(bytes([self.algorithm]) + self.public_key)}"

    def claims(self, signature: NoteSignature) -> bool:
        """Return whether the signature claims to come from this key."""
        return (signature.name, signature.key_id) == (self.name, self.key_id)

    def has_signed(self, message: bytes, signature: bytes) -> bool:
        """Return whether this key has signed the message."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public_key).verify(signature, message)
        except InvalidSignature:
            return False
        return True


class Note(NamedTuple):
    """A text, which ends in a newline, and its signatures."""

    text: str
    signatures: tuple[NoteSignature, ...]

    @classmethod
    def parse(cls, raw: bytes) -> Self:
        """Return the note, without checking its signatures.

        Raises:
            NoteError: it is not a signed note.
        """
        try:
            whole = raw.decode()
        except UnicodeDecodeError:
            raise NoteError("a note is not UTF-8") from None
        text, separator, lines = whole.rpartition("\n\n")
        if len(raw) > _LARGEST or not separator or not lines.endswith("\n"):
            raise NoteError("a note is a text, an empty line and signature lines")
        if any(character < " " and character != "\n" for character in whole):
            raise NoteError("a note has a control character in it")
        return cls(text + "\n", tuple(NoteSignature.parse(line) for line in lines[:-1].split("\n")))

    @property
    def raw(self) -> bytes:
        """The note as it is published."""
        return f"{self.text}\n{''.join(signature.line for signature in self.signatures)}".encode()

    def signatures_of(self, key: VerifierKey) -> Iterable[NoteSignature]:
        """Return the signatures that claim to come from this key."""
        return (signature for signature in self.signatures if key.claims(signature))

    def check(self, key: VerifierKey) -> None:
        """Check that the key has signed the text, and that every signature which claims to come from it is good.

        Raises:
            NoteError: one of the two is false.
        """
        claimed = list(self.signatures_of(key))
        if not claimed or not all(key.has_signed(self.text.encode(), each.signature) for each in claimed):
            raise NoteError(f"the note is not signed by {key.name}")


def is_key_name(name: str) -> bool:
    """Return whether a text can be the name of a key: not empty, no Unicode space, no plus, no invisible character."""
    return bool(name) and not any(character.isspace() or character < " " or character == "+" for character in name)


def to_base64(raw: bytes) -> str:
    """Return the standard Base 64 encoding."""
    return base64.b64encode(raw).decode()


def from_base64(text: str) -> bytes:
    """Return the encoded bytes; only the canonical encoding is accepted.

    Raises:
        NoteError: it is not Base 64.
    """
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise NoteError("not Base 64") from None
    if to_base64(raw) != text:
        raise NoteError("not Base 64 as everybody writes it")
    return raw
