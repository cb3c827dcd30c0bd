"""The wallet, the signer's desk and the page behind each QR code, through the same door as every plugin."""

from pendopo import N_, PluginCard, SettingSpec, hookimpl

from . import bsre, hsm


@hookimpl
def plugin_card():
    return PluginCard("dokumen", N_("Dokumen saya"), "gawe", N_("Kartu, surat, dan bukti yang diterbitkan untuk Anda."), "file-badge")


@hookimpl
def routes():
    from .routes import routes

    return routes


@hookimpl
def settings():
    return [
        SettingSpec(
            "dokumen.kop", N_("Baris kop surat tiap OPD"), "json", {}, N_("Alamat dan telepon di bawah nama OPD, menurut kode OPD."), "contoh"
        )
    ]


@hookimpl
def sign_document(request):
    if hsm.is_set():
        return hsm.sign(request)
    return bsre.sign(request) if bsre.is_set() else None
