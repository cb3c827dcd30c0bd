"""Forms for plugins: `Form`, validators and fields from one place.

A `Form` is made with the request: `form.submitted`, `form.validate()`, `with form.refusals():`, `form.status`. See "Writes
and forms" in docs/architecture.md.
"""

from typing import Any

from wtforms import BooleanField, HiddenField, IntegerField, SelectChoice
from wtforms.validators import Optional, ValidationError

from ..layout.forms import Form, between, checked, length, required
from .fields import (
    CheckboxGroupField,
    DateField,
    DateTimeField,
    DecimalField,
    DesaField,
    NikField,
    PhoneField,
    PointField,
    RadioField,
    RupiahField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    UploadField,
)
from .schemaforms import SchemaError, answers, check_schema, form_from_schema, plain_values
from .wizard import Draft, Step, Values, Wizard

__all__ = [
    "BooleanField",
    "CheckboxGroupField",
    "DateField",
    "DateTimeField",
    "DecimalField",
    "DesaField",
    "Draft",
    "Form",
    "HiddenField",
    "IntegerField",
    "NikField",
    "Optional",
    "PhoneField",
    "PointField",
    "RadioField",
    "RupiahField",
    "SchemaError",
    "SelectChoice",
    "SelectField",
    "SelectMultipleField",
    "Step",
    "StringField",
    "TextAreaField",
    "UploadField",
    "ValidationError",
    "Values",
    "Wizard",
    "answers",
    "between",
    "check_schema",
    "checked",
    "form_from_schema",
    "length",
    "looking",
    "optional",
    "plain_values",
    "required",
]

optional = Optional


class looking:
    """A request seen as a mere look: a form beside the one that was sent takes nothing of what was sent."""

    def __init__(self, request: Any) -> None:
        self._request = request
        self.method = "GET"

    def __getattr__(self, name: str) -> Any:
        return getattr(self._request, name)
