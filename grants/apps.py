from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class GrantsConfig(AppConfig):
    name = "grants"
    verbose_name = _("Grants")

    def ready(self) -> None:
        from applications.registry import register_export, register_part
        from calls.registry import register_results
        from grants import own, queries, scopes
        from portal.content.registry import add_person_link
        from portal.documents.registry import register_scope

        register_results(queries.announced, queries.decided_among)
        register_scope("grants.letter", scopes.may_see_letter)
        register_part(own.part)
        register_export(own.letters)
        add_person_link(_("Grants"), "grants:list", 30)
