"""What the job seeker's card adds to the house."""

from pendopo import N_, PluginCard, Topic, hookimpl


@hookimpl
def plugin_card():
    return PluginCard(
        "kartu-kuning",
        N_("Kartu kuning (AK/1)"),
        "gawe",
        N_("Kartu pencari kerja tanpa antre, lowongan di sekitar Anda, dan lapor berkala sekali tekan."),
        "id-card",
        owner_opd="disnakertrans",
        authority="utama",
    )


@hookimpl
def berkas_kinds():
    from .kind import AK1_KIND

    return [AK1_KIND]


@hookimpl
def document_kinds():
    from .cards import AK1

    return [AK1]


@hookimpl
def settings():
    from .options import SETTINGS

    return SETTINGS


@hookimpl
def topics():
    return [
        Topic("kartukuning.lapor", N_("Pengingat lapor kartu kuning"), audience="warga"),
        Topic("kartukuning.lamaran", N_("Kabar lamaran kerja"), audience="warga"),
        Topic("kartukuning.mitra", N_("Kabar untuk perusahaan dan sekolah"), audience="warga"),
        Topic("kartukuning.petugas", N_("Perusahaan, sekolah, dan lowongan yang menunggu"), channels=("inbox",), audience="pegawai"),
    ]
