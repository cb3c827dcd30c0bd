"""Answers that several subjects give."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from pendopo.http import flash, redirect, url
from pendopo.kit.forms import Form, StringField


def done(request: Request, said: str, route: str, /, **places: Any) -> Response:
    """Say what was done, on the page where it can be seen."""
    flash(request, said)
    return redirect(url(route, **places))


def answered(form: Form, act: Callable[[], Response], again: Callable[[], Response]) -> Response:
    """Do by `act` what a form asks. What is wrong in it, or refused, is shown by `again` beside what was typed."""
    if form.submitted and form.validate():
        with form.refusals():
            return act()
    return again()


def given(form: Form, *without: str) -> dict[str, Any]:
    """What was typed, by the names of the fields, for a service that names them so too; a text that is not there is ""."""
    fields = {name: field for field in form if (name := field.short_name) not in without}
    return {name: "" if field.data is None and isinstance(field, StringField) else field.data for name, field in fields.items()}


def pdf(body: bytes, name: str) -> Response:
    """A PDF shown in the browser, with a name to save it under."""
    plain = re.sub(r"[^A-Za-z0-9.-]+", "-", name)
    return Response(body, media_type="application/pdf", headers={"Content-Disposition": f'inline; filename="{plain}"', "X-Content-Type-Options": "nosniff"})
