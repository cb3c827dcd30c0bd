"""Files that people hand in: known by content, made safe, shown only to who may see them."""

from __future__ import annotations

import io
import struct
import zlib
from datetime import UTC, datetime, timedelta

import pytest
from PIL import Image
from PIL.ExifTags import GPS, IFD, Base
from sqlalchemy import select, update
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from pendopo.errors import InvalidInput
from pendopo.identity import Account
from pendopo.kit import attachments
from pendopo.kit.attachments import Attachment, attachments_of, claim, read_bytes, store_bytes
from pendopo.kit.berkas import move_berkas, receive_berkas
from pendopo.kit.images import ImageRefused, ImageTooLarge, clean_image

NOW = datetime(2026, 3, 10, 2, 0, tzinfo=UTC)


def photo(width=400, height=300, *, orientation=0, position=False, kind="JPEG") -> bytes:
    """A photo whose upper left corner is red."""
    image = Image.new("RGB", (width, height), "white")
    image.paste("red", (0, 0, width // 2, height // 2))
    exif = Image.Exif()
    exif[Base.Make] = "Kamera Rahasia"
    if orientation:
        exif[Base.Orientation] = orientation
    if position:
        gps = exif.get_ifd(IFD.GPSInfo)
        gps[GPS.GPSLatitudeRef], gps[GPS.GPSLatitude] = "S", (6.0, 7.0, 12.0)
        gps[GPS.GPSLongitudeRef], gps[GPS.GPSLongitude] = "E", (106.0, 9.0, 0.0)
    out = io.BytesIO()
    image.save(out, kind, exif=exif)
    return out.getvalue()


def bomb() -> bytes:
    """A PNG of some hundred bytes that says it is 60,000 pixels wide and high."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")


def test_a_photo_loses_its_exif_and_keeps_its_position_for_us():
    clean = clean_image(photo(position=True))
    assert (clean.lat, clean.lon) == (-6.12, 106.15)
    assert b"Kamera Rahasia" not in clean.data
    assert dict(Image.open(io.BytesIO(clean.data)).getexif()) == {}


def test_a_turned_photo_stands_upright():
    clean = clean_image(photo(400, 300, orientation=6))
    image = Image.open(io.BytesIO(clean.data))
    assert image.size == (300, 400)
    red = image.getpixel((250, 50))
    assert red[0] > 200 > 100 > red[1]


def test_a_large_photo_is_made_smaller():
    clean = clean_image(photo(4000, 1000))
    assert (clean.width, clean.height) == (2048, 512)


def test_an_image_bomb_is_refused_before_it_is_decoded():
    with pytest.raises(ImageTooLarge):
        clean_image(bomb())


@pytest.mark.parametrize("raw", [b"\xff\xd8\xff" + b"x" * 200, b"\x89PNG\r\n\x1a\n" + b"\0" * 40, photo()[:2000], b"RIFF\x10\0\0\0WEBPVP8 "])
def test_a_broken_photo_is_refused(raw):
    with pytest.raises(ImageRefused):
        clean_image(raw)


@pytest.mark.parametrize(
    "raw",
    [
        b"<html><script>alert(1)</script>",
        b"MZ\x90\0 program",
        b"GIF89a" + b"\0" * 30,
        b"PK\x03\x04 zip",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"halo",
        b"",
    ],
)
def test_a_file_is_known_by_its_content_not_its_name(db, resident, raw):
    with pytest.raises(InvalidInput):
        store_bytes(db, resident, raw, "foto.jpg", now=NOW)


def test_a_program_named_photo_in_a_form_for_photos_is_refused(db, resident):
    with pytest.raises(InvalidInput) as refusal:
        store_bytes(db, resident, b"%PDF-1.7 ...", "foto.jpg", accept=attachments.PHOTOS, now=NOW)
    assert "bukan foto" in refusal.value.sentence()


def test_too_large_a_file_is_refused(db, resident):
    with pytest.raises(InvalidInput):
        store_bytes(db, resident, b"%PDF-" + b"x" * 200, "a.pdf", most_bytes=100, now=NOW)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\Users\\x\\surat.docx", "surat.pdf"),
        ('a"b;\r\nX: y.pdf', "abX y.pdf"),
        ("", "lampiran.pdf"),
        ("gambar\u202egpj.exe", "gambargpj.pdf"),
    ],
)
def test_names_are_made_harmless(typed, kept):
    assert attachments.safe_name(typed, "application/pdf") == kept


def test_a_file_is_there_before_its_row_and_equal_files_are_kept_once(db, resident, portal):
    one = store_bytes(db, resident, photo(), "a.jpg", now=NOW)
    two = store_bytes(db, resident, photo(), "b.jpg", now=NOW)
    assert one.sha256 == two.sha256
    assert read_bytes(one)[:3] == b"\xff\xd8\xff"
    assert len([path for path in (portal.settings.home / "files" / "asli").rglob("*") if path.is_file()]) == 1


def test_files_without_a_row_are_taken_away_in_time(db, resident, portal):
    kept = store_bytes(db, resident, photo(), "a.jpg", owner="uji", ref=1, now=NOW)
    db.commit()
    lost = store_bytes(db, resident, b"%PDF-1.7 hilang", "b.pdf", owner="uji", ref=1, now=NOW)
    db.rollback()
    later = datetime.now(UTC) + timedelta(days=3)
    assert attachments.tidy(portal, datetime.now(UTC)) == 0
    assert attachments.tidy(portal, later) == 1
    assert read_bytes(kept)
    with pytest.raises(Exception, match="tidak ditemukan"):
        read_bytes(lost)


def test_left_drafts_are_forgotten(db, resident, portal):
    store_bytes(db, resident, photo(), "a.jpg", now=NOW)
    db.commit()
    attachments.tidy(portal, NOW + timedelta(days=3))
    assert list(db.scalars(select(Attachment))) == []


# ----------------------------------------------------------------------------------------------------------- downloading


def test_a_draft_is_shown_only_to_who_uploaded_it(db, client, resident, people):
    row = store_bytes(db, resident, photo(), "a.jpg", now=NOW)
    db.commit()
    client.sign_in(resident)
    answer = client.get(row.href)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in answer.headers["content-security-policy"]
    assert client.get(row.thumb_href).headers["content-type"] == "image/webp"
    assert client.get(row.href, headers={"If-None-Match": answer.headers["etag"]}).status_code == 304
    assert client.sign_in(people.resident()).get(row.href).status_code == 404
    assert client.sign_out().get(row.href).status_code == 404


def test_the_owner_plugin_is_asked_and_silence_is_no(db, client, resident, portal, monkeypatch):
    row = store_bytes(db, resident, b"%PDF-1.7 x", "surat.pdf", owner="gawe_lain.hal", ref=7, now=NOW)
    db.commit()
    client.sign_in(resident)
    assert client.get(row.href).status_code == 404
    monkeypatch.setattr(
        portal.host, "ask", lambda hook, default=None, **what: hook == "may_read_attachment" and (what["owner"], what["ref"]) == ("gawe_lain.hal", 7)
    )
    answer = client.get(row.href)
    assert answer.status_code == 200
    assert answer.headers["content-disposition"].startswith("attachment;")


def test_files_of_a_matter_are_for_its_people(db, client, kind, resident, people, officer):
    boss = officer("uji.verify", "uji.work", scope="regency")
    matter = receive_berkas(db, resident, kind, title="Jalan", register_code="UJI", applicant_id=resident.account_id, now=NOW)
    move_berkas(db, boss, matter.id, "verifikasi", now=NOW)
    proof = store_bytes(db, boss, photo(), "sesudah.jpg", now=NOW)
    move_berkas(db, boss, matter.id, "selesaikan", note="Sudah.", attachments=[proof], now=NOW)
    db.commit()
    assert attachments_of(db, "berkas", matter.id) == [proof]
    assert client.sign_in(resident).get(proof.href).status_code == 200
    assert client.sign_in(boss).get(proof.href).status_code == 200
    assert client.sign_in(people.resident()).get(proof.href).status_code == 404


def test_a_draft_can_be_claimed_by_its_form(db, resident):
    row = store_bytes(db, resident, photo(), "a.jpg", now=NOW)
    assert attachments.find_draft(db, resident, row.token) is row
    claim(db, [row], owner="uji", ref=3)
    assert attachments.find_draft(db, resident, row.token) is None
    assert attachments_of(db, "uji", 3) == [row]


def test_others_may_write_while_a_photo_is_worked_on(house, portal, resident, monkeypatch):
    def take(request):
        kept = attachments.store_uploads(request.state.db, request.user, request, "photo", owner="uji", ref=1)
        return PlainTextResponse(kept[0].mime)

    client = house(gawe_uji={"routes": lambda: [Route("/foto", take, methods=["POST"])]}).sign_in(resident)
    written = []

    def clean_while_another_writes(data):
        with portal.db.session() as other:
            other.execute(update(Account).where(Account.id == resident.account_id).values(name="Ditulis sementara"))
        written.append(True)
        return clean_image(data)

    monkeypatch.setattr(attachments, "clean_image", clean_while_another_writes)

    assert client.post("/uji/foto", files={"photo": ("a.jpg", photo(), "image/jpeg")}).text == "image/jpeg"
    assert written == [True]


def test_a_file_that_was_looked_at_before_is_still_refused_at_its_field(house, resident):
    def take(request):
        try:
            attachments.store_uploads(request.state.db, request.user, request, "photo", owner="uji", ref=1, accept=attachments.PHOTOS)
        except InvalidInput as refusal:
            return PlainTextResponse(f"{refusal.field}: {refusal.sentence()}", 422)
        return PlainTextResponse("diterima")

    client = house(gawe_uji={"routes": lambda: [Route("/foto", take, methods=["POST"])]}).sign_in(resident)

    for name, data, sentence in (
        ("a.jpg", b"MZ program", "Jenis berkas ini tidak diterima. Kirim foto (JPEG, PNG, WebP) atau PDF."),
        ("a.pdf", b"%PDF-1.7 surat", "Berkas ini bukan foto. Kirim foto JPEG, PNG atau WebP."),
        ("a.jpg", b"\xff\xd8\xff rusak", ImageRefused.message),
    ):
        answer = client.post("/uji/foto", files={"photo": (name, data, "image/jpeg")})
        assert (answer.status_code, answer.text) == (422, f"photo: {sentence}")
