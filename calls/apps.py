from typing import Any

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CallsConfig(AppConfig):
    name = "calls"
    verbose_name = _("Calls")

    def ready(self) -> None:
        from calls import alerts, news, registry
        from calls.corrigenda.news import of_corrigenda
        from calls.enquiries.news import of_answers
        from portal.content.registry import add_header_link, add_home_part, add_person_link
        from portal.documents.registry import register_scope
        from portal.notices.registry import register_writer

        registry.register_news(news.of_the_call)
        registry.register_news(of_answers)
        registry.register_news(of_corrigenda)
        register_writer(alerts.announce)
        add_header_link(_("Calls"), "calls:list", 10)
        add_person_link(_("My searches"), "calls:searches", 30)
        add_home_part("calls/home_part.html", _home_part, 10)
        register_scope("calls.document", _may_see_document)


def _home_part(request: Any) -> dict[str, Any] | None:
    """Prepare the calls for the home page."""
    from calls.pages import home

    return home.part()


def _may_see_document(person: Any, stored_file: Any) -> bool:
    """Say whether a file is a document of a call that the person may read."""
    from calls.models import Call, CallDocument

    documents = CallDocument.objects.filter(file=stored_file)
    return documents.filter(call__in=Call.objects.visible_to(person)).exists()
