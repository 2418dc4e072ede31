"""What the parts of a call have in common."""

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

public_code = RegexValidator(r"^[A-Z0-9-]+$", _("Capital Latin letters, digits and hyphens only."))
inner_code = RegexValidator(r"^[a-z0-9-]+$", _("Small Latin letters, digits and hyphens only."))


class MoneyField(models.DecimalField):  # type: ignore[type-arg]
    """An amount in the call's currency: 18 digits, two of them after the point."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        kwargs.update(max_digits=18, decimal_places=2)
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]


class PercentField(models.DecimalField):  # type: ignore[type-arg]
    """A percentage from 0 to 100 with two places."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        kwargs.update(max_digits=5, decimal_places=2)
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]


class Positioned(models.Model):
    """A row that stands at a place among its siblings."""

    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        abstract = True
        ordering = ["position", "pk"]
