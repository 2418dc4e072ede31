"""How often one address of the network may try something that is open to everybody."""

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.http import HttpRequest


def within_limit(request: HttpRequest, action: str, most: int, seconds: int) -> bool:
    """Count a try, and return whether its address has tried at most ``most`` times within ``seconds``.

    The count is kept in the shared cache, so that it holds for all processes; ``action`` names what is counted.
    """
    key = f"limit:{action}:{get_adapter().get_client_ip(request)}"
    cache.add(key, 0, seconds)
    try:
        return cache.incr(key) <= most
    except ValueError:  # the count ran out between the two steps
        return True
