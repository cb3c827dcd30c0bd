"""What is typed in the studio, checked."""

from __future__ import annotations

from pendopo import N_
from pendopo.kit.forms import Form, SelectField, required


class TrackForm(Form):
    track = SelectField(N_("Lagu berikutnya"), [required()])

    def __init__(self, request, tracks, **options):
        super().__init__(request, **options)
        self.track.choices = [(track["id"], " – ".join(part for part in (track["artist"], track["title"]) if part)) for track in tracks]
