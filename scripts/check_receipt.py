"""Checks a receipt of the portal without the portal.

    python check_receipt.py --keys receipt-keys.pem RECEIPT [APPLICATION]

RECEIPT is the receipt as PDF or as JSON, APPLICATION the application as JSON. Says whether one of the keys sealed the
receipt, and whether the application is the one that it was given for; ends with 0 where all of it holds, 1 where it
does not, 2 where a file cannot be read. Needs Python 3.11 and the package "cryptography"; without the package it
writes down what OpenSSL needs, and the command to give.
"""

import argparse
import base64
import binascii
import hashlib
import json
import re
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

MOST_BYTES = 50 * 1024 * 1024
RECEIPT_BYTES = 16 * 1024
# What stands before the 32 bytes of a key of this kind in a file of keys (RFC 8410).
KEY_PREFIX = bytes.fromhex("302a300506032b6570032100")


class CannotRead(Exception):
    """A file is not what it should be."""


def main(arguments: list[str] | None = None) -> int:
    """Check what the command line names, and print what was found."""
    parser = argparse.ArgumentParser(description="Checks a receipt without the portal.")
    parser.add_argument("receipt", type=Path, help="the receipt as PDF or JSON")
    parser.add_argument("application", type=Path, nargs="?", help="the application as JSON")
    parser.add_argument("--keys", type=Path, required=True, help="the public keys of the portal (receipt-keys.pem)")
    given = parser.parse_args(arguments)
    try:
        receipt = receipt_in(content_of(given.receipt))
        keys = keys_in(content_of(given.keys))
        right = [check_seal(receipt, keys)]
        if given.application:
            right.append(check_application(receipt["receipt"], content_of(given.application)))
    except CannotRead as error:
        print(f"CANNOT READ: {error}")
        return 2
    return 0 if all(right) else 1


def content_of(path: Path) -> bytes:
    """Return what a file holds."""
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise CannotRead(f"{path}: {error.strerror}") from error
    if len(content) > MOST_BYTES:
        raise CannotRead(f"{path}: too large")
    return content


def receipt_in(content: bytes) -> dict[str, Any]:
    """Return the receipt that a file is, or that a PDF has inside."""
    parts = streams(content) if content.lstrip()[:5] == b"%PDF-" else iter([content])
    for part in parts:
        try:
            found = json.loads(part)
        except (ValueError, RecursionError):
            continue
        if isinstance(found, dict) and isinstance(found.get("receipt"), dict):
            return found
    raise CannotRead("there is no receipt in the file")


def streams(content: bytes) -> Iterator[bytes]:
    """Yield the beginning of each part of a PDF, unpacked."""
    place = 0
    while (begin := content.find(b"stream", place)) >= 0 and (end := content.find(b"endstream", begin)) >= 0:
        raw = content[begin + len(b"stream") : end].lstrip(b"\r\n")
        try:
            yield zlib.decompressobj().decompress(raw, RECEIPT_BYTES)
        except zlib.error:
            yield raw[:RECEIPT_BYTES]
        place = end + len(b"endstream")


def keys_in(content: bytes) -> list[bytes]:
    """Return the keys of a file of public keys."""
    blocks = re.findall(rb"-----BEGIN PUBLIC KEY-----\s+([A-Za-z0-9+/=\s]+)-----END PUBLIC KEY-----", content)
    try:
        whole = [base64.b64decode(block) for block in blocks]
    except binascii.Error as error:
        raise CannotRead("the file of keys is damaged") from error
    keys = [one.removeprefix(KEY_PREFIX) for one in whole if one.startswith(KEY_PREFIX)]
    if not keys or any(len(key) != 32 for key in keys):
        raise CannotRead("there is no key of the kind Ed25519 in the file of keys")
    return keys


def check_seal(receipt: dict[str, Any], keys: list[bytes]) -> bool:
    """Say whether one of the keys sealed the receipt."""
    record: dict[str, Any] = receipt["receipt"]
    seal: Any = receipt.get("seal")
    signed = json.dumps(record, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
    for name in ("number", "sequence", "call", "stage", "received_at", "digest"):
        print(f"{name:>12}: {str(record.get(name))[:100]!a}")
    try:
        key = base64.b64decode(seal["public_key"], validate=True)
        signature = base64.b64decode(seal["signature"], validate=True)
    except (TypeError, KeyError, ValueError, binascii.Error):
        print("ALTERED: the receipt has no seal that can be read.")
        return False
    if key not in keys:
        print("NOT KNOWN: the receipt is sealed with a key that is not in the file of keys.")
        return False
    if not is_signed(key, signature, signed):
        print("ALTERED: the receipt does not say what was sealed.")
        return False
    print("GENUINE: the portal sealed this receipt, and it is unchanged.")
    return True


def is_signed(key: bytes, signature: bytes, signed: bytes) -> bool:
    """Return whether a key signed these bytes."""
    try:
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    except ImportError:
        raise CannotRead(by_openssl(key, signature, signed)) from None
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, signed)
    except InvalidSignature:
        return False
    return True


def by_openssl(key: bytes, signature: bytes, signed: bytes) -> str:
    """Write down what OpenSSL (3.0 or later) needs, and return what to do."""
    parts = {"receipt-key.der": KEY_PREFIX + key, "receipt-signature.bin": signature, "receipt-signed.json": signed}
    for name, content in parts.items():
        Path(name).write_bytes(content)
    return (
        'the package "cryptography" is not installed. Give this command, which says whether the signature is right:\n'
        "openssl pkeyutl -verify -pubin -keyform DER -inkey receipt-key.der -rawin -in receipt-signed.json "
        "-sigfile receipt-signature.bin"
    )


def check_application(record: dict[str, Any], content: bytes) -> bool:
    """Say whether an application is the one for which a receipt was given."""
    digest = hashlib.sha256(content).hexdigest()
    if digest != record.get("digest"):
        print(f"OTHER APPLICATION: the digest of the file is {digest}, not that of the receipt.")
        return False
    print("THE APPLICATION is the one that was submitted: its digest is that of the receipt.")
    return True


if __name__ == "__main__":
    sys.exit(main())
