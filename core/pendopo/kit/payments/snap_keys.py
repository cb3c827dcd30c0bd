"""Who we are at the bank and who the bank is here. Secrets come from the environment and stand nowhere else.

A demo house without them talks to the simulator bank with keys that were made at its first start, in
`PENDOPO_HOME/bank-simulator`: they open nothing but the simulator.
"""

from __future__ import annotations

import json
import os
import secrets
import tempfile
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from ...settings import Settings

FOLDER = "bank-simulator"


@dataclass(frozen=True)
class Snap:
    """`url`: the bank's address. `client_*` and `private_key`: ours at the bank. `bank_*`: the bank's here."""

    url: str
    client_id: str
    client_secret: str = field(repr=False)
    private_key: bytes = field(repr=False)
    bank_client_id: str
    bank_client_secret: str = field(repr=False)
    bank_public_key: bytes = field(repr=False)
    channel: str = "95221"
    is_simulator: bool = False


class SnapSecrets(BaseSettings):
    """`PENDOPO_SNAP_URL` and so on. Keys are PEM text or the path of a file with it."""

    model_config = SettingsConfigDict(env_prefix="PENDOPO_SNAP_", extra="ignore")

    url: str = ""
    client_id: str = ""
    client_secret: str = Field(default="", repr=False)
    private_key: str = Field(default="", repr=False)
    bank_client_id: str = ""
    bank_client_secret: str = Field(default="", repr=False)
    bank_public_key: str = Field(default="", repr=False)
    channel: str = "95221"
    simulator: bool = False  # the bank at `url` is our simulator, and pages say so

    @classmethod
    def settings_customise_sources(
        cls, settings_cls: type[BaseSettings], init_settings: PydanticBaseSettingsSource, env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource, file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return (env_settings,)

    def snap(self) -> Snap | None:
        """None while something that is needed is missing."""
        if not all((self.url, self.client_id, self.client_secret, self.private_key, self.bank_client_id, self.bank_client_secret, self.bank_public_key)):
            return None
        return Snap(
            self.url.rstrip("/"), self.client_id, self.client_secret, _pem(self.private_key), self.bank_client_id, self.bank_client_secret,
            _pem(self.bank_public_key), self.channel, self.simulator,
        )


def _pem(text: str) -> bytes:
    return text.encode() if text.lstrip().startswith("-----") else Path(text).read_bytes()


def snap_of(settings: Settings) -> Snap | None:
    """The bank of this installation: from the environment; in a demo house the simulator, while it runs; else none."""
    found = SnapSecrets().snap()
    if found is None and settings.demo:
        address = settings.home / FOLDER / "address"
        if address.exists():
            return simulator_keys(settings.home).ours(address.read_text().strip())
    return found


@dataclass(frozen=True)
class SimulatorKeys:
    """Both halves of the keys between a house and its simulator bank."""

    client_secret: str = field(repr=False)
    private_key: str = field(repr=False)
    public_key: str
    bank_client_secret: str = field(repr=False)
    bank_private_key: str = field(repr=False)
    bank_public_key: str
    client_id: str = "pendopo"
    bank_client_id: str = "bank-simulator"

    def ours(self, url: str) -> Snap:
        return Snap(
            url, self.client_id, self.client_secret, self.private_key.encode(), self.bank_client_id, self.bank_client_secret, self.bank_public_key.encode(),
            is_simulator=True,
        )

    def as_environment(self, url: str) -> dict[str, str]:
        """The variables with which a portal knows this simulator as its bank."""
        return {
            "PENDOPO_SNAP_URL": url, "PENDOPO_SNAP_CLIENT_ID": self.client_id, "PENDOPO_SNAP_CLIENT_SECRET": self.client_secret,
            "PENDOPO_SNAP_PRIVATE_KEY": self.private_key, "PENDOPO_SNAP_BANK_CLIENT_ID": self.bank_client_id,
            "PENDOPO_SNAP_BANK_CLIENT_SECRET": self.bank_client_secret, "PENDOPO_SNAP_BANK_PUBLIC_KEY": self.bank_public_key,
            "PENDOPO_SNAP_SIMULATOR": "1",
        }


def simulator_keys(home: Path) -> SimulatorKeys:
    """The keys in `home`, made whole at once by whoever comes first."""
    path = home / FOLDER / "keys.json"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, draft = tempfile.mkstemp(dir=path.parent, prefix=".keys-")  # 0600
        with os.fdopen(handle, "w") as file:
            json.dump(_new_keys(), file)
        with suppress(FileExistsError):
            os.link(draft, path)
        os.unlink(draft)
    return SimulatorKeys(**json.loads(path.read_text()))


def _new_keys() -> dict[str, str]:
    from cryptography.hazmat.primitives import serialization as s
    from cryptography.hazmat.primitives.asymmetric import rsa

    found = {"client_secret": secrets.token_urlsafe(32), "bank_client_secret": secrets.token_urlsafe(32)}
    for prefix in ("", "bank_"):
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        found[f"{prefix}private_key"] = key.private_bytes(s.Encoding.PEM, s.PrivateFormat.PKCS8, s.NoEncryption()).decode()
        found[f"{prefix}public_key"] = key.public_key().public_bytes(s.Encoding.PEM, s.PublicFormat.SubjectPublicKeyInfo).decode()
    return found
