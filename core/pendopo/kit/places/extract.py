"""`pendopo places extract`: one regency out of idn-area-data (npm package, ODbL), as small CSV files.

Input is the package as npm packs it, a folder of it, or its `data` folder; no JavaScript runs here. Getting it does need
Node.js: version 4 of the package wants Node 22 or newer, and npm on an older one quietly brings version 3.
"""

from __future__ import annotations

import csv
import io
import json
import re
import tarfile
from pathlib import Path

import typer

NOTICE = """# Where these data come from

Extracted from idn-area-data {version} by `pendopo places extract {code}`: names and codes of kecamatan, desa and islands
(Kepmendagri 100.1.1-6117/2022). The database is made available under the Open Database License (ODbL) 1.0,
https://opendatacommons.org/licenses/odbl/1-0/ ; this extract is shared under the same licence. The software around it is
under its own licence. Columns `lat` and `lon` of kecamatan and desa, where present, are schematic and are not part of
idn-area-data: they are no official boundaries or positions.
"""
KNOWN = "4.0.1"
DMS = re.compile(r"(\d+)°(\d+)'([\d.]+)\"\s*([NSEW])")

place_commands = typer.Typer(name="places", help="Wilayah: ambil data satu kabupaten.", no_args_is_help=True)


def parse_dms(text: str) -> tuple[float, float]:
    """`05°48'44.97" S 106°16'47.58" E` as (-5.812492, 106.279883)."""
    values = []
    for degrees, minutes, seconds, side in DMS.findall(text):
        number = int(degrees) + int(minutes) / 60 + float(seconds) / 3600
        values.append(round(-number if side in "SW" else number, 6))
    if len(values) != 2:
        raise ValueError(f"no coordinate: {text!r}")
    return values[0], values[1]


def _text(source: Path, name: str) -> str | None:
    """A file of the package, wherever it was unpacked to; None when there is none."""
    if source.is_dir():
        path = next((p for p in (source / name, source / "data" / name, source / "package" / "data" / name, source / "package" / name) if p.exists()), None)
        return path.read_text("utf-8") if path else None
    with tarfile.open(source) as archive:
        for inner in (f"package/data/{name}", f"package/{name}"):
            if inner in archive.getnames() and (member := archive.extractfile(inner)) is not None:
                return member.read().decode("utf-8")
    return None


def _read(source: Path, name: str) -> list[dict[str, str]]:
    text = _text(source, name)
    if text is None:
        raise FileNotFoundError(name)
    return list(csv.DictReader(io.StringIO(text)))


def version_of(source: Path) -> str:
    """The package's version, or the one we know when only its data folder is given. Raises ValueError before version 4."""
    text = _text(source, "package.json")
    version = json.loads(text)["version"] if text else KNOWN
    if int(version.split(".")[0]) < 4:
        raise ValueError(f"idn-area-data {version} is too old, version 4 is needed")
    return version


def extract_regency(code: str, source: Path, target: Path) -> tuple[int, int, int]:
    """Write the regency's CSV files and notice to `target`; return how many kecamatan, desa and islands it has."""
    version = version_of(source)
    kecamatan = [row for row in _read(source, "districts.csv") if row["regency_code"] == code]
    if not kecamatan:
        raise ValueError(f"no regency {code}")
    known = {row["code"] for row in kecamatan}
    desa = [row for row in _read(source, "villages.csv") if row["district_code"] in known]
    islands = [row for row in _read(source, "islands.csv") if row["regency_code"] == code]
    target.mkdir(parents=True, exist_ok=True)
    _write(target / "kecamatan.csv", ["code", "name"], [[row["code"], row["name"]] for row in kecamatan])
    _write(target / "desa.csv", ["code", "name"], [[row["code"], row["name"]] for row in desa])
    rows = [[row["code"], row["name"], *parse_dms(row["coordinate"]), row["is_populated"]] for row in islands]
    _write(target / "islands.csv", ["code", "name", "lat", "lon", "populated"], rows)
    (target / "NOTICE.md").write_text(NOTICE.format(version=version, code=code), "utf-8")
    return len(kecamatan), len(desa), len(islands)


def _write(path: Path, columns: list[str], rows: list[list[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)


@place_commands.command()
def extract(
    code: str,
    source: Path = typer.Option(..., "--from", help="Paket npm idn-area-data: berkas .tgz atau foldernya."),  # noqa: B008
    to: Path = typer.Option(None, "--to", help="Folder tujuan; bawaannya home/places/<kode>."),  # noqa: B008
) -> None:
    """Take one regency's places out of idn-area-data 4: `pendopo places extract 36.04 --from idn-area-data-4.0.1.tgz`.

    Get the package with Node.js 22 or newer: `npm pack idn-area-data@4.0.1` (an older Node.js quietly gives version 3).
    """
    from ...settings import Settings

    target = to or Settings().home / "places" / code
    try:
        counts = extract_regency(code, source, target)
    except (ValueError, OSError, StopIteration, KeyError, tarfile.TarError) as error:
        typer.echo(f"Tidak dapat mengambil {code} dari {source}: {error}", err=True)
        typer.echo("Ambil paketnya dengan Node.js 22 atau lebih baru: npm pack idn-area-data@4.0.1", err=True)
        raise typer.Exit(1) from error
    typer.echo(f"{code}: {counts[0]} kecamatan, {counts[1]} desa/kelurahan, {counts[2]} pulau di {target}")


@place_commands.command("list")
def list_places() -> None:
    """Count what is loaded."""
    from . import desa_list, islands, kecamatan_list

    typer.echo(f"{len(kecamatan_list())} kecamatan, {len(desa_list())} desa/kelurahan, {len(islands())} pulau")
