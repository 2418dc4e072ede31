"""What people want to hear of: calls that they follow, searches that they keep, and which calls were told of."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from calls.models.call import Call
from portal import clock


class OwnQuerySet(models.QuerySet[Any]):
    def visible_to(self, person: Any) -> "OwnQuerySet":
        """Return what the person chose: nobody sees what others follow or search."""
        return self.filter(person=person) if person.is_authenticated else self.none()


class CallSubscription(models.Model):
    """A person follows a call: what changes in it is sent to them."""

    call = models.ForeignKey(Call, models.CASCADE, related_name="subscriptions", verbose_name=_("call"))
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="call_subscriptions", verbose_name=_("person")
    )
    since = models.DateTimeField(_("since"), default=clock.now)

    objects: ClassVar[Any] = OwnQuerySet.as_manager()

    class Meta:
        verbose_name = _("followed call")
        verbose_name_plural = _("followed calls")
        ordering = ["-since", "-pk"]
        constraints = [models.UniqueConstraint(fields=["call", "person"], name="call_followed_once")]

    def __str__(self) -> str:
        return str(self.call)


class SavedSearch(models.Model):
    """The filters of the list of calls under a name; with ``alerts``, new calls that match are told by e-mail.

    ``query`` is the part of the list's address after the question mark, in a fixed order and without empty fields.
    """

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_searches", verbose_name=_("person")
    )
    name = models.CharField(_("name"), max_length=100)
    query = models.CharField(_("filters"), max_length=1000, blank=True)
    alerts = models.BooleanField(_("e-mail about new calls"), default=True)
    saved_at = models.DateTimeField(_("saved at"), default=clock.now)

    objects: ClassVar[Any] = OwnQuerySet.as_manager()

    class Meta:
        verbose_name = _("saved search")
        verbose_name_plural = _("saved searches")
        ordering = ["name", "pk"]
        constraints = [models.UniqueConstraint(fields=["person", "query"], name="search_saved_once")]

    def __str__(self) -> str:
        return self.name


class CallAnnouncement(models.Model):
    """The people whose saved searches match a published call were told of it."""

    call = models.OneToOneField(Call, models.CASCADE, related_name="announcement", verbose_name=_("call"))
    announced_at = models.DateTimeField(_("announced at"), default=clock.now)

    class Meta:
        verbose_name = _("announcement of a call")
        verbose_name_plural = _("announcements of calls")

    def __str__(self) -> str:
        return str(self.call)
