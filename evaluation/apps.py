from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EvaluationConfig(AppConfig):
    name = "evaluation"
    verbose_name = _("Evaluation")

    def ready(self) -> None:
        from evaluation.files import may_see_attachment
        from portal.documents.registry import register_scope

        register_scope("evaluation.attachment", may_see_attachment)
