"""The same signed-in home page in Django: default middlewares, Jinja2, its session and user from SQLite, gunicorn sync.

`python django_peer.py prepare FOLDER` makes the database and prints the session key; `django_peer:application` serves.
The page has the portal's own menu (24 entries), badges and six cards of five rows, from the same number of queries.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

FOLDER = Path(os.environ.get("PEER_FOLDER", "."))

from django.conf import settings  # noqa: E402

if not settings.configured:
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
from django.db import connection  # noqa: E402
from django.shortcuts import render  # noqa: E402
from django.urls import path  # noqa: E402

MENU = [{"label": f"Layanan {n}", "href": f"/layanan-{n}/", "icon": "house", "summary": f"Ringkasan layanan nomor {n}", "badge": f"b{n}"} for n in range(24)]


def home(request):
    user = request.user.first_name if request.user.is_authenticated else ""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM peer_inbox WHERE account_id = %s AND read_at IS NULL", [request.user.pk or 0])
        unread = cursor.fetchone()[0]
        cards = []
        for n in range(6):
            cursor.execute("SELECT id, title, state, due_at FROM peer_berkas WHERE account_id = %s AND card = %s ORDER BY due_at LIMIT 5", [request.user.pk or 0, n])
            cards.append({"title": f"Kartu {n}", "rows": cursor.fetchall()})
    return render(request, "peer_home.html", {"menu": MENU, "user": user, "unread": unread, "cards": cards})


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
        cursor.execute("CREATE TABLE peer_inbox (id integer primary key, account_id integer, read_at text)")
        cursor.execute("CREATE TABLE peer_berkas (id integer primary key, account_id integer, card integer, title text, state text, due_at text)")
        cursor.execute("CREATE INDEX i1 ON peer_inbox (account_id, read_at)")
        cursor.execute("CREATE INDEX i2 ON peer_berkas (account_id, card, due_at)")
        cursor.executemany("INSERT INTO peer_inbox (account_id, read_at) VALUES (%s, NULL)", [(user.pk,)] * 7)
        cursor.executemany(
            "INSERT INTO peer_berkas (account_id, card, title, state, due_at) VALUES (%s, %s, %s, 'diterima', '2026-12-01')",
            [(account, card, f"Berkas {n}") for account in range(1, 200) for card in range(6) for n in range(8)],
        )
    session = SessionStore()
    session["_auth_user_id"], session["_auth_user_backend"] = str(user.pk), "django.contrib.auth.backends.ModelBackend"
    session["_auth_user_hash"] = user.get_session_auth_hash()
    session.save()
    print(session.session_key)


if __name__ == "__main__" and sys.argv[1:2] == ["prepare"]:
    prepare()
