"""`/v/{token}`: is this paper genuine?"""

from starlette.routing import Route

from ..errors import N_, NotFound
from ..http import page


def verify(request):
    """What plugins know of the paper with this token. NotFound when none of them issued it."""
    host = request.app.state.portal.host
    paper = host.ask("verify_document", db=request.state.db, token=request.path_params["token"][:200])
    if paper is None:
        raise NotFound(N_("Tidak ada surat atau dokumen dengan kode ini. Pindai lagi QR-nya; bila tetap tidak ditemukan, jangan anggap berkas itu asli."))
    return page(request, "layout/verify.html", paper=paper, headers={"X-Robots-Tag": "noindex"})


routes = [Route("/v/{token}", verify, name="verify")]
