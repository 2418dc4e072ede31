"""Rules of eligibility: what all kinds have in common, and the registry of kinds.

The kinds themselves are in ``calls.eligibility.kinds``: one class each, known here once it is registered.
"""

from typing import Annotated, Any, ClassVar, Final

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler, SerializationInfo
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from calls.spec.values import Otherwise, Strict, Text


class Rule(Strict):
    """A condition of eligibility, as a call lists it."""

    identity_keys: ClassVar[tuple[str, ...]] = ()
    """The keys whose values make this rule another one than the next of its kind; without any, a call has one."""

    rule: str
    otherwise: Otherwise = "fail"
    reason: Text = {}

    @property
    def identity(self) -> str:
        """What makes this rule the same one after the call has changed: ``network_member:M4EG``."""
        return ":".join((self.rule, *(str(getattr(self, key, None) or "") for key in self.identity_keys)))

    @property
    def statement(self) -> tuple[str, Text] | None:
        """Code and text of the statement that the applicant confirms in the form, where the rule has one."""
        return None


RULES: Final[dict[str, type[Rule]]] = {}
"""Each kind of rule under its name in the call file; ``calls.eligibility.register_rule`` adds one."""


class _Registered:
    """Reads, writes and describes a rule by its kind, also one that is registered later."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            _read,
            serialization=core_schema.plain_serializer_function_ser_schema(_written, info_arg=True),
        )

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        kinds = {name: kind.__pydantic_core_schema__ for name, kind in RULES.items()}
        return handler(core_schema.tagged_union_schema(choices=kinds, discriminator="rule"))


def _read(value: Any) -> Rule:
    if isinstance(value, Rule):
        return value
    name = value.get("rule") if isinstance(value, dict) else None
    if name not in RULES:
        raise ValueError(f"not a rule of eligibility: {name!r}")
    return RULES[name].model_validate(value)


def _written(rule: Rule, info: SerializationInfo) -> dict[str, Any]:
    return rule.model_dump(mode=info.mode, exclude_defaults=info.exclude_defaults)


EligibilityRule = Annotated[Rule, _Registered()]
