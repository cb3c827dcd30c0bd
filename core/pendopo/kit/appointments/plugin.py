"""Janji temu, through the same door as every plugin."""

from pendopo import N_, Permission, PluginCard, RoleSpec, Topic, hookimpl

from .services import MANAGE, SERVE


@hookimpl
def plugin_card():
    return PluginCard("janji", N_("Janji temu"), "gawe", N_("Pesan waktu di loket, tanpa menunggu lama."), "calendar-clock")


@hookimpl
def permissions():
    return [Permission(SERVE, N_("Melayani janji temu di loket")), Permission(MANAGE, N_("Mengatur loket dan jam bukanya"))]


@hookimpl
def roles():
    return [RoleSpec("petugas_layanan", N_("Petugas layanan"), (SERVE,)), RoleSpec("pejabat", N_("Pejabat"), (SERVE, MANAGE))]


@hookimpl
def topics():
    return [
        Topic("janji.kabar", N_("Kabar janji temu Anda"), audience="warga"),
        Topic("janji.pengingat", N_("Pengingat janji temu"), audience="warga"),
    ]
