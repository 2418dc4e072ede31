"""Receipts that anyone can check: the seal, the files, the public page, and the check without the portal."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from applications.receipts.seal import Seal, public_key, receipt_record, sealed, verified

RECORD = receipt_record(
    call="M4EG-2021-INNOVATION",
    stage="concept",
    number="M4EG-2021-INNOVATION-0007",
    sequence=1,
    received_at=datetime(2027, 3, 15, 17, 59, 58, 7, tzinfo=timezone(timedelta(hours=4))),
    digest="a" * 64,
)
KEY = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
"""32 bytes, 0 to 31."""


# --- the seal -------------------------------------------------------------------------------------------------


def test_a_seal_is_that_of_its_record_alone(settings: Any) -> None:
    settings.RECEIPT_KEY = KEY
    assert RECORD["received_at"] == "2027-03-15T13:59:58.000007Z"
    seal = sealed(RECORD)
    # Made by "openssl pkeyutl -sign -rawin" over the record with its keys sorted and without spaces.
    by_openssl = "esx1OK8yEmT3DDtqIPAK9dKHKKZ9LYnhjtpwqRhzvW5llX3H10lns73sB4PkitsMeque0+jFcki6djnLWEb4DQ=="
    assert seal == Seal(by_openssl, "A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=")
    assert public_key() == seal.public_key
    assert verified(RECORD, seal)
    for name, other in [("sequence", 2), ("sequence", "1"), ("digest", "b" * 64), ("number", "\ud800"), ("more", None)]:
        assert not verified({**RECORD, name: other}, seal), name
    for wrong in ("", "AAAA", seal.signature[:-4], "ա" * 88, seal.signature[::-1], None, 7):
        assert not verified(RECORD, Seal(wrong, seal.public_key)), wrong  # type: ignore[arg-type]
        assert not verified(RECORD, Seal(seal.signature, wrong)), wrong  # type: ignore[arg-type]


def test_the_key_is_that_of_the_setting_or_follows_from_the_secret(settings: Any) -> None:
    settings.RECEIPT_KEY, settings.SECRET_KEY = "", "one"
    first = sealed(RECORD)
    assert sealed(RECORD) == first
    settings.SECRET_KEY = "another"
    assert public_key() != first.public_key
    assert verified(RECORD, first), "what was sealed earlier stays sealed"
    settings.RECEIPT_KEY = "c2hvcnQ="
    with pytest.raises(ImproperlyConfigured):
        sealed(RECORD)


def test_a_moment_is_written_in_utc() -> None:
    again = receipt_record(
        **{name: RECORD[name] for name in ("call", "stage", "number", "sequence", "digest")},
        received_at=datetime(2027, 3, 15, 13, 59, 58, 7, tzinfo=UTC),
    )
    assert again == RECORD
