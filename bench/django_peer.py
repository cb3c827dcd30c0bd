"""The same signed-in home page in Django: default middlewares, Jinja2, session and user from SQLite, gunicorn with a sync worker.

`PEER_FOLDER` holds `page.json` (what prepare.py saw on the portal's page). `python django_peer.py` makes the database there and
prints the session key; `django_peer:application` serves. The page has the portal's own frame, menu, badges and as many cards
of five rows, and takes the same number of queries.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

FOLDER = Path(os.environ["PEER_FOLDER"])
PAGE = json.loads((FOLDER / "page.json").read_text())

from django.conf import settings  # noqa: E402

settings.configure(
    DEBUG=False, SECRET_KEY="peer", ALLOWED_HOSTS=["*"], ROOT_URLCONF="django_peer", USE_TZ=True,
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": str(FOLDER / "peer.db"), "CONN_MAX_AGE": None}},
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions", "django.contrib.messages"],
    MIDDLEWARE=[
        "django.middleware.security.SecurityMiddleware", "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.common.CommonMiddleware", "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware", "django.contrib.messages.middleware.MessageMiddleware",
    ],
    TEMPLATES=[{"BACKEND": "django.template.backends.jinja2.Jinja2", "DIRS": [str(Path(__file__).parent / "templates")], "OPTIONS": {"autoescape": True}}],
)

import django  # noqa: E402

django.setup()

from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.db import connection, models  # noqa: E402
from django.http import HttpResponse  # noqa: E402
from django.template import loader  # noqa: E402
from django.urls import path  # noqa: E402

# Two queries are the session and the user. The rest is spread over one unread count, badges and cards as the portal has them.
OTHERS = max(PAGE["queries"] - 3, 1)
CARDS = min(PAGE["cards"], OTHERS)
BADGES = OTHERS - CARDS


class Inbox(models.Model):
    account_id = models.IntegerField()
    read_at = models.TextField(null=True)

    class Meta:
        app_label = "peer"
        indexes = (models.Index(fields=["account_id", "read_at"], name="i1"),)


class Berkas(models.Model):
    account_id = models.IntegerField()
    card = models.IntegerField()
    title = models.TextField()
    state = models.TextField()
    due_at = models.TextField()

    class Meta:
        app_label = "peer"
        indexes = (models.Index(fields=["account_id", "card", "due_at"], name="i2"),)


def home(request):
    mine = Berkas.objects.filter(account_id=request.user.pk)
    unread = Inbox.objects.filter(account_id=request.user.pk, read_at=None).count()
    counts = [mine.filter(card=n, state="diterima").count() for n in range(BADGES)]
    cards = []
    for n in range(CARDS):
        rows = mine.filter(card=n).order_by("due_at").values_list("id", "title", "state", "due_at")[:5]
        cards.append({"title": f"Kartu {n}", "rows": list(rows)})
    badges = dict(zip(PAGE["badges"], counts, strict=False))
    shown = {"page": PAGE, "name": request.user.first_name, "unread": unread, "badges": badges, "cards": cards}
    return HttpResponse(loader.get_template("peer_home.html").render(shown, request))


urlpatterns = [path("", home)]
application = get_wsgi_application()


def prepare() -> None:
    from django.contrib.auth.models import User
    from django.contrib.sessions.backends.db import SessionStore
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    user = User.objects.create_user("warga", first_name="Siti Contoh", password="x")
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA journal_mode=WAL")
    with connection.schema_editor() as editor:
        editor.create_model(Inbox)
        editor.create_model(Berkas)
    Inbox.objects.bulk_create(Inbox(account_id=user.pk, read_at=None) for _ in range(7))
    Berkas.objects.bulk_create(
        Berkas(account_id=account, card=card, title=f"Permohonan nomor {n}", state="diterima", due_at="2026-12-01")
        for account in range(1, 201) for card in range(max(CARDS, BADGES)) for n in range(8)
    )
    session = SessionStore()
    session["_auth_user_id"], session["_auth_user_backend"] = str(user.pk), "django.contrib.auth.backends.ModelBackend"
    session["_auth_user_hash"] = user.get_session_auth_hash()
    session.save()
    print(session.session_key)


if __name__ == "__main__":
    prepare()
