from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "portal.accounts"
    verbose_name = _("People and municipalities")

    def ready(self) -> None:
        from portal.checks import watch_database
        from portal.history import close_to_the_application

        watch_database()
        post_migrate.connect(close_to_the_application, sender=self, dispatch_uid="close history")


class StaffSiteConfig(admin_apps.AdminConfig):
    """Django's administration, with the portal's own site in the place of the default one."""

    default = False
    default_site = "portal.accounts.site.StaffSite"
