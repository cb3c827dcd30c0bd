"""What an operator sets before start: `pendopo.toml`, then `PENDOPO_*` variables, which win."""

import os
import secrets
import tempfile
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from zoneinfo import ZoneInfo

from pydantic import BaseModel, Field
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

__all__ = ["Regency", "Settings"]


class Regency(BaseModel):
    """The regency that this house serves."""

    code: str = "36.04"  # Kemendagri
    name: str = "Kabupaten Serang"
    short_name: str = "Serang"
    portal_gawe: str = "Serang Gawe"
    portal_kerja: str = "Serang Kerja"
    timezone: str = "Asia/Jakarta"
    timezone_label: str = "WIB"
    jurisdiction_id: str = "serangkab.go.id"


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="PENDOPO_", env_nested_delimiter="__", toml_file="pendopo.toml", extra="ignore")

    home: Path = Path("var")
    database_url: str = ""
    database_pool_size: int = 12  # times workers: fewer than the server's max_connections
    secret_key: str = ""
    public_url: str = "http://127.0.0.1:8000"
    allowed_hosts: list[str] = ["*"]
    host: str = "127.0.0.1"
    port: int = 8000
    workers: int = 1
    demo: bool = False
    theme: str = "serang"
    languages: list[str] = ["id", "en"]
    regency: Regency = Field(default_factory=Regency)
    smtp_url: str = ""  # smtp://user:password@host:port; empty: mail is written to home/mail
    mail_from: str = "pendopo@localhost"
    max_body_bytes: int = 60 * 1024 * 1024
    threads: int = 8
    map_base: str = ""  # empty: our own schematic map; else an URL of GeoJSON, raster tiles or PMTiles
    map_attribution: str = ""
    log_level: str = "info"
    radio_engine: str = "auto"
    test_signatures: bool = True  # sign with the test authority while no provider is set; else papers go out unsigned
    signature_roots: str = ""  # a PEM file of authorities whose signatures count
    pkcs11_module: str = ""  # a PKCS#11 library: the regency's own token or HSM signs
    pkcs11_token: str = ""
    pkcs11_pin: str = Field(default="", repr=False)
    pkcs11_key: str = "pendopo"  # label of key and certificate for signers without their own (`jabatan-<id>`)
    bsre_url: str = ""  # the regency's BSrE e-sign service
    bsre_user: str = ""
    bsre_password: str = Field(default="", repr=False)
    bsre_version: int = Field(default=1, ge=1, le=2)  # of its interface
    bsre_seal_id: str = ""  # the regency's idSubscriber: offices seal by themselves (interface 2)
    bsre_seal_code: str = Field(default="", repr=False)  # the activation code of the seal
    files_url: str = ""  # an fsspec URL for attachments; empty: home/files

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)

    @cached_property
    def url(self) -> str:
        """SQLAlchemy URL of the database; SQLite in `home` when none is set."""
        return self.database_url or f"sqlite:///{(self.home / 'pendopo.db').absolute()}"

    @cached_property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.regency.timezone)

    @cached_property
    def secret(self) -> bytes:
        """The installation's secret, made once and kept in `home/secret` (0600) unless set."""
        if self.secret_key:
            return self.secret_key.encode()
        path = self.home / "secret"
        if not path.exists():
            self.home.mkdir(parents=True, exist_ok=True)
            handle, draft = tempfile.mkstemp(dir=self.home, prefix=".secret-")  # 0600
            with os.fdopen(handle, "w") as file:
                file.write(secrets.token_urlsafe(48))
            with suppress(FileExistsError):  # another process made it in the same moment: then its secret counts
                os.link(draft, path)  # whole at once: nobody reads half a secret
            os.unlink(draft)
        return path.read_text().encode()


_secret: bytes | None = None


def set_installation_secret(secret: bytes) -> None:
    global _secret
    _secret = secret


def installation_secret() -> bytes:
    """The secret of the installation that runs in this process."""
    if _secret is None:
        raise RuntimeError("no portal was made in this process")
    return _secret
