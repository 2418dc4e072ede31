"""How often one address may have receipts checked: looking things up costs work, and guessing is not invited."""

from typing import Final

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.http import HttpRequest

CHECKS: Final = 30
SECONDS: Final = 60


def within_limit(request: HttpRequest) -> bool:
    """Count a check, and return whether its address has asked at most ``CHECKS`` times within ``SECONDS``."""
    key = f"receipts:checks:{get_adapter().get_client_ip(request)}"
    cache.add(key, 0, SECONDS)
    try:
        return cache.incr(key) <= CHECKS
    except ValueError:  # the count ran out between the two steps
        return True
