from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "portal.accounts"
    verbose_name = _("People and municipalities")

    def ready(self) -> None:
        from portal.history import close_to_the_application

        post_migrate.connect(close_to_the_application, dispatch_uid="close history")
