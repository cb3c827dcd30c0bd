"""Homes, search, language and appearance, health."""

from datetime import timedelta
from urllib.parse import urlsplit

from markupsafe import Markup
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from ..errors import N_, InvalidInput, SignInNeeded
from ..http import form_of, own_path, page, redirect
from ..i18n import _, current_language, speaking
from ..metrics import metrics

YEAR_S = int(timedelta(days=365).total_seconds())
SEARCH_LIMIT = 12
QUERY_LENGTH = 100
FIGURES_S = 60.0
MOST_FIGURES = 8
AGENDA_AHEAD = timedelta(days=2)
MOST_ENTRIES = 8


def drawn_cards(request, face):
    """The dashboard cards of `face`, each drawn with its plugin's words. A card that fails is missing, the page is not."""
    portal = request.app.state.portal
    around = portal.pages.context(request)
    drawn = []
    for plugin, cards in portal.host.each("dashboard_cards", db=request.state.db, actor=request.user, face=face):
        for card in cards:
            if card.face != face:
                continue
            try:
                with speaking(plugin="" if plugin.builtin else plugin.name):
                    html = portal.pages.env.get_template(card.template).render({**around, "card": card, **card.context})
            except Exception as error:  # noqa: BLE001
                portal.host.fault(plugin.name, f"template:{card.template}", error)
                continue
            drawn.append((card, Markup(html)))  # noqa: S704  drawn by our own templates, which escape
    return sorted(drawn, key=lambda pair: pair[0].rank)


def public_figures(request):
    """What plugins count for everyone, asked at most once a minute."""
    portal = request.app.state.portal
    key = ("statistics", current_language.get(), portal.host.version, str(portal.db.engine.url))
    return portal.pages.for_a_while(key, FIGURES_S, lambda: portal.host.call_each("statistics", db=request.state.db)[:MOST_FIGURES])


def home(request):
    request.state.keep_for_person = True
    return page(request, "layout/home.html", cards=drawn_cards(request, "gawe"), figures=public_figures(request))


def kerja_home(request):
    if not request.user.is_signed_in:
        raise SignInNeeded()
    if not request.user.is_staff:
        return redirect("/")
    request.state.keep_for_person = True
    return page(request, "layout/kerja_home.html", cards=drawn_cards(request, "kerja"), agenda=agenda(request))


def agenda(request):
    """What the calendars of all plugins hold for this person in the next two days, soonest first."""
    start = request.state.now
    asked = {"db": request.state.db, "actor": request.user, "start": start, "end": start + AGENDA_AHEAD}
    return sorted(request.app.state.portal.host.call_each("calendar_entries", **asked), key=lambda entry: entry.start)[:MOST_ENTRIES]


def search(request):
    """One search over everything that plugins offer, permission asked by each."""
    query = request.query_params.get("q", "").strip()[:QUERY_LENGTH]
    face = "kerja" if request.user.is_staff and request.query_params.get("muka") == "kerja" else "gawe"
    request.scope["pendopo.face"] = face
    results = []
    if len(query) >= 2:
        host = request.app.state.portal.host
        found = host.call_each("search_results", db=request.state.db, query=query, actor=request.user, limit=SEARCH_LIMIT)
        results = sorted(found, key=lambda result: -result.score)
        results = [*_matching_services(request.app.state.portal.pages.nav(face, request.user, current_language.get()).services, query), *results]
    return page(request, "layout/search.html", query_text=query, results=results)


def datasets(request):
    """Every public dataset of every plugin."""
    found = request.app.state.portal.host.call_each("open_datasets")
    return page(request, "layout/datasets.html", datasets=sorted(found, key=lambda dataset: str(dataset.title)))


def _matching_services(entries, query):
    from ..contract import SearchResult

    words = query.casefold().split()
    return [
        SearchResult(entry.label, entry.href, _("Layanan"), entry.summary, 1.0)
        for entry in entries
        if all(word in f"{entry.label} {entry.summary}".casefold() for word in words)
    ]


def choose_language(request):
    return _remember(request, "bahasa", request.app.state.portal.settings.languages)


def choose_appearance(request):
    return _remember(request, "tampilan", ["terang", "gelap", "otomatis"])


def _remember(request, name, choices):
    form = form_of(request)
    chosen = form.get(name, "")
    if chosen not in choices:
        raise InvalidInput(N_("Pilihan ini tidak dikenal."))
    came_from = urlsplit(request.headers.get("referer", ""))
    back = f"{came_from.path}?{came_from.query}" if came_from.query else came_from.path
    response = RedirectResponse(own_path(form.get("next") or back), 303)
    response.set_cookie(name, chosen, max_age=YEAR_S, httponly=True, samesite="lax", path="/")
    return response


def styleguide(request):
    """Every component in one page: for designers, and for the checks of access and looks."""
    from .styleguide import example_form, example_steps

    return page(request, "layout/styleguide.html", form=example_form(request), steps=example_steps(request.state.now))


async def healthz(request):
    return PlainTextResponse("ok")


def readyz(request):
    """200 when the core can work, else 503. What services say of themselves is told, but takes no process out of service."""
    portal = request.app.state.portal
    checks = [(plugin, check) for plugin, given in portal.host.each("health", db=request.state.db) for check in given or ()]
    ok = all(check.ok for plugin, check in checks if plugin.builtin)
    body = {
        "ok": ok, "checks": [{"name": check.slug, "ok": check.ok, "detail": check.detail} for _, check in checks],
        "broken": [plugin.name for plugin in portal.host if plugin.broken],
    }
    return JSONResponse(body, 200 if ok else 503)


async def robots(request):
    return PlainTextResponse("User-agent: *\nDisallow: /kerja/\nDisallow: /akun/\nDisallow: /berkas/\nDisallow: /admin/\n")


def manifest(request):
    settings = request.app.state.portal.settings
    pages = request.app.state.portal.pages
    icon = pages.theme.data.get("icon") or pages.theme.logo
    return JSONResponse(
        {
            "name": settings.regency.portal_gawe, "short_name": settings.regency.portal_gawe, "start_url": "/", "display": "standalone",
            "lang": "id", "icons": [{"src": pages.static.address(icon), "sizes": "any", "type": "image/svg+xml"}] if icon else [],
        },
        media_type="application/manifest+json",
    )


async def favicon(request):
    pages = request.app.state.portal.pages
    icon = pages.theme.data.get("icon") or pages.theme.logo
    return redirect(pages.static.address(icon), status=302) if icon else Response(status_code=404)

routes = [
    Route("/", home, name="home"),
    Route("/kerja/", kerja_home, name="kerja"),
    Route("/cari", search, name="cari"),
    Route("/data-terbuka", datasets, name="data"),
    Route("/bahasa", choose_language, methods=["POST"], name="bahasa"),
    Route("/tampilan", choose_appearance, methods=["POST"], name="tampilan"),
    Route("/-/gaya", styleguide, name="gaya"),
    Route("/healthz", healthz, name="healthz"),
    Route("/readyz", readyz, name="readyz"),
    Route("/metrics", metrics, name="metrics"),
    Route("/robots.txt", robots, name="robots"),
    Route("/manifest.webmanifest", manifest, name="manifest"),
    Route("/favicon.ico", favicon, name="favicon"),
]
