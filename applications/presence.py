"""Who is at work on an application now: known for less than a minute, and kept nowhere but in Redis."""

import json
from dataclasses import dataclass
from functools import cache
from typing import Final

import redis
import structlog
from django.conf import settings

from portal import clock
from portal.accounts.models import Person

log = structlog.get_logger(__name__)

SECONDS: Final = 50
"""How long somebody counts as being here after the last sign of it; an open page gives one every twenty seconds."""


@dataclass(frozen=True)
class Somebody:
    """A colleague who has a section of the application open, or the list of sections (``section`` is empty)."""

    name: str
    section: str


@cache
def _client() -> "redis.Redis":
    return redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2)


def _place(entry: int) -> str:
    return f"{settings.CACHES['default']['KEY_PREFIX']}:here:{entry}"


def come(entry: int, person: Person, section: str = "") -> tuple[Somebody, ...]:
    """Note that a person is at a section of an entry, and return who else is at work on that entry, by name.

    Where Redis is away nobody is shown, and nothing else suffers.
    """
    now = int(clock.now().timestamp())
    place, own = _place(entry), str(person.pk)
    try:
        with _client().pipeline(transaction=False) as pipe:
            pipe.hset(place, own, json.dumps([now, str(person), section]))
            pipe.expire(place, SECONDS * 2)
            pipe.hgetall(place)
            _set, _expires, rows = pipe.execute()
    except redis.RedisError as error:
        log.warning("presence.unknown", entry=entry, error=str(error))
        return ()
    signs = [(key.decode(), *json.loads(value)) for key, value in rows.items()]
    others = [Somebody(name, where) for key, at, name, where in signs if key != own and now - at <= SECONDS]
    return tuple(sorted(others, key=lambda other: other.name))
