from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ApplicationsConfig(AppConfig):
    name = "applications"
    verbose_name = _("Applications")

    def ready(self) -> None:
        from applications import providers, reminders
        from applications.clarifications import reminders as clarification_reminders
        from applications.lifecycle import helping, take_out_infected
        from applications.preview import applicant_preview
        from applications.queries import may_see_file
        from applications.receipts.seal import public_key
        from calls.registry import (
            register_actions,
            register_facts,
            register_followers,
            register_own_applications,
            register_preview,
            register_staff_links,
        )
        from portal.content.registry import add_footer_link, add_header_link
        from portal.documents.registry import register_infected, register_scope
        from portal.notices.registry import register_reminders, register_secret

        public_key()  # a setting that is no key is refused at start, and not when somebody submits
        register_facts(providers.facts)
        register_actions(providers.actions)
        register_own_applications(providers.own)
        register_followers(providers.followers)
        register_staff_links(providers.staff_links)
        register_preview("applicant", _("As applicant"), applicant_preview)
        register_scope("applications.answer", may_see_file)
        register_infected(take_out_infected)
        register_reminders(reminders.due_reminders)
        register_reminders(clarification_reminders.due_reminders)
        register_secret(helping.INVITED, helping.word_for_mail)
        add_header_link(_("My municipality"), "applications:list", 20)
        add_footer_link(_("Check a receipt"), "applications:receipt_check", 10)
