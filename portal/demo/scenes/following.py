"""Who follows the open call, and the searches that some keep."""

from urllib.parse import urlencode

from calls.following import follow, save_search
from calls.models import Call
from portal.demo.scenes.stage import Cast, story

_FOLLOWED = 30
_FOLLOWERS = ("officer@demo.example", "armenia@demo.example", "head@dilijan.example", "viewer@kutaisi.example")


def play(cast: Cast, call: Call) -> None:
    """Let officers and members follow the call; Dilijan and Kutaisi keep a search each."""
    names = story("texts")["searches"]
    with cast.ago(_FOLLOWED):
        for email in _FOLLOWERS:
            follow(call, cast.people[email])
        dilijan, kutaisi = cast.people["head@dilijan.example"], cast.people["viewer@kutaisi.example"]
        save_search(dilijan, query=urlencode({"country": "AM"}), name=names["armenia"])
        save_search(kutaisi, query=urlencode({"country": "GE", "amount_from": 50_000}), name=names["grants"])
