from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DocumentsConfig(AppConfig):
    name = "portal.documents"
    verbose_name = _("Documents")

    def ready(self) -> None:
        """Register the checks of what PDFs need."""
        from portal.documents import checks  # noqa: F401
