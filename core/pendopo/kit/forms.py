"""Forms for plugins: `Form`, validators and fields from one place.

A `Form` is made with the request: `form.submitted`, `form.validate()`, `with form.refusals():`, `form.status`. See "Writes
and forms" in docs/architecture.md.
"""

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
from .wizard import Draft, Step, Wizard

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
    "SelectChoice",
    "SelectField",
    "SelectMultipleField",
    "Step",
    "StringField",
    "TextAreaField",
    "UploadField",
    "ValidationError",
    "Wizard",
    "between",
    "checked",
    "length",
    "optional",
    "required",
]

optional = Optional
