"""The receipt of a submission as a record, and its seal: an Ed25519 signature (RFC 8032) that nobody else can make.

What is signed is the record's one sequence of bytes (``applications.answers.canonical``): keys sorted, no spaces,
UTF-8.
"""

import base64
import binascii
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from applications.answers import canonical

FORMAT: Final = "receipt/1"
KEY_BYTES: Final = 32
SIGNATURE_BYTES: Final = 64
_PURPOSE: Final = b"seal of receipts, 1"

Record = Mapping[str, Any]


class Seal(NamedTuple):
    """A signature and the key to check it with, both in base64: 88 and 44 signs."""

    signature: str
    public_key: str


def receipt_record(
    *, call: str, stage: str, number: str, sequence: int, received_at: datetime, digest: str
) -> dict[str, Any]:
    """Return what a receipt says and the seal is put on. It does not name the municipality: receipts are checked in
    public, and who applies is not public before the award. The digest binds all that was submitted.

    Args:
        call: code of the call; ``stage`` that of its stage.
        received_at: aware; written in UTC to the microsecond.
        digest: SHA-256 of the submission's snapshot in hexadecimal.
    """
    return {
        "format": FORMAT,
        "call": call,
        "stage": stage,
        "number": number,
        "sequence": sequence,
        "received_at": f"{received_at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}",
        "digest": digest,
    }


def sealed(record: Record) -> Seal:
    """Seal a record with the key of this portal.

    Raises:
        ImproperlyConfigured: the setting ``RECEIPT_KEY`` is no key.
    """
    key = _key()
    return Seal(_text(key.sign(canonical(record))), _text(key.public_key().public_bytes_raw()))


def verified(record: Record, seal: Seal) -> bool:
    """Return whether the key of the seal signed this very record. Whose key it is, the caller has to know."""
    key, signature = _bytes(seal.public_key, KEY_BYTES), _bytes(seal.signature, SIGNATURE_BYTES)
    if key is None or signature is None:
        return False
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, canonical(record))
    except (InvalidSignature, UnicodeEncodeError):  # half a character has no bytes, so nobody signed it
        return False
    return True


def public_key() -> str:
    """Return the key with which seals made now are checked, in base64."""
    return _text(_key().public_key().public_bytes_raw())


def _key() -> Ed25519PrivateKey:
    """Return the private key: of the setting, else one that follows from the secret of the deployment."""
    if not settings.RECEIPT_KEY:
        secret = settings.SECRET_KEY.encode()
        derived = HKDF(algorithm=hashes.SHA256(), length=KEY_BYTES, salt=None, info=_PURPOSE).derive(secret)
        return Ed25519PrivateKey.from_private_bytes(derived)
    given = _bytes(settings.RECEIPT_KEY, KEY_BYTES)
    if given is None:
        raise ImproperlyConfigured("RECEIPT_KEY has to be 32 bytes in base64.")
    return Ed25519PrivateKey.from_private_bytes(given)


def _text(value: bytes) -> str:
    return base64.b64encode(value).decode()


def _bytes(text: Any, length: int) -> bytes | None:
    """Return what base64 stands for, None where it is no such text or of another length."""
    try:
        value = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError, TypeError):
        return None
    return value if len(value) == length else None
