"""Texts of calls in two languages, and the history of the models that have them."""

from modeltranslation.translator import TranslationOptions, register

from calls.models import (
    AnswerCorrection,
    Call,
    CallDocument,
    CheckItem,
    Criterion,
    EligibilityRule,
    Enquiry,
    EnquiryAnswer,
    FormSection,
    Grid,
    GridSection,
    Lot,
    Objective,
    Priority,
    Programme,
    Question,
    Stage,
)
from portal.history import tracked


@register(Call)
class CallTexts(TranslationOptions):
    fields = ("title", "summary", "description", "signatory_name", "signatory_position", "funder")


@register([Programme, Priority, Lot, CallDocument, Stage, CheckItem, GridSection])
class TitleTexts(TranslationOptions):
    fields = ("title",)


@register(Objective)
class ObjectiveTexts(TranslationOptions):
    fields = ("text",)


@register(EligibilityRule)
class EligibilityRuleTexts(TranslationOptions):
    fields = ("reason", "text")


@register(FormSection)
class FormSectionTexts(TranslationOptions):
    fields = ("title", "help")


@register(Question)
class QuestionTexts(TranslationOptions):
    fields = ("label", "help")


@register(Criterion)
class CriterionTexts(TranslationOptions):
    fields = ("title", "help")


@register([EnquiryAnswer, AnswerCorrection])
class AnswerTexts(TranslationOptions):
    fields = ("question", "text")
    # An answer is read in a language in which it was written, and never filled up from another one.
    fallback_languages = {"default": ()}


for model in (
    Programme,
    Call,
    Priority,
    Lot,
    Objective,
    EligibilityRule,
    CallDocument,
    Stage,
    FormSection,
    Question,
    CheckItem,
    Grid,
    GridSection,
    Criterion,
    EnquiryAnswer,
    AnswerCorrection,
):
    tracked()(model)

# Who asked, for whom and in which words stays out of history, so that nobody finds it there.
tracked(exclude=("asked_by", "municipality", "text", "digest", "reason"))(Enquiry)
