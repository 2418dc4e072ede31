from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EvaluationConfig(AppConfig):
    name = "evaluation"
    verbose_name = _("Evaluation")

    def ready(self) -> None:
        from calls.registry import register_fixed, register_preview, register_staff_links
        from evaluation import providers
        from evaluation.files import may_see_attachment
        from evaluation.preview import assessor_preview
        from portal.documents.registry import register_scope

        register_scope("evaluation.attachment", may_see_attachment)
        register_fixed(providers.fixed)
        register_staff_links(providers.staff_links)
        register_preview("assessor", _("As assessor"), assessor_preview)
