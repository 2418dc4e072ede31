"""Texts in two languages, and the history of the models that have them."""

from modeltranslation.translator import TranslationOptions, register

from portal.accounts.models import Country, CountryOffice, Municipality, Person, Region
from portal.history import tracked


@register(Country)
class CountryTexts(TranslationOptions):
    fields = ("name", "note")


@register(CountryOffice)
class CountryOfficeTexts(TranslationOptions):
    fields = ("name", "address")


@register(Region)
class RegionTexts(TranslationOptions):
    fields = ("name", "full_name")


@register(Municipality)
class MunicipalityTexts(TranslationOptions):
    fields = ("name",)


tracked()(Country)
tracked()(CountryOffice)
tracked()(Region)
tracked(exclude=["sort_key"])(Municipality)
# What names a person stays out of history, so that erasing a person leaves the record whole.
tracked(exclude=["email", "name", "phone", "password", "last_login"])(Person)
