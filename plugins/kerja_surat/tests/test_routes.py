"""Letters as their users meet them: pages, forms, files."""

import io

from sqlalchemy import select

from kerja_surat import disposisi, outgoing
from kerja_surat.models import SuratKeluar, SuratMasuk

LETTER = {
    "pengirim": "Camat Contoh",
    "nomor_surat": "12/2026",
    "tanggal_surat": "2026-11-20",
    "perihal": "Jalan rusak",
    "klasifikasi": "600.1",
    "sifat": "biasa",
    "derajat": "segera",
    "ringkasan": "",
    "received_at": "",
}
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def at(path):
    return f"/kerja/surat/{path}"


def test_a_clerk_registers_a_letter_with_its_scan(client, db, office):
    client.sign_in(office.tu)
    data = {**LETTER, "opd_id": office.opd["dpupr"], "before": office.posts["kadis"]}

    answer = client.post(at("masuk/baru"), data=data, files={"scan": ("surat.pdf", io.BytesIO(PDF), "application/pdf")})

    assert answer.status_code == 303
    page = client.get(answer.headers["location"]).text
    assert "1/2026" in page
    assert "surat.pdf" in page
    scan = page.split('href="/lampiran/')[1].split('"')[0]
    assert client.get(f"/lampiran/{scan}").content == PDF
    assert client.sign_in(office.kadinkes).get(f"/lampiran/{scan}").status_code == 404


def test_what_was_typed_stays_when_something_is_wrong(client, db, office):
    client.sign_in(office.tu)
    data = {**LETTER, "opd_id": office.opd["dpupr"], "before": 0, "klasifikasi": "salah", "ringkasan": "Panjang sekali"}

    answer = client.post(at("masuk/baru"), data=data, files={"scan": ("surat.pdf", io.BytesIO(PDF), "application/pdf")})

    assert answer.status_code == 422
    assert "Kode klasifikasi ditulis seperti" in answer.text
    assert "Panjang sekali" in answer.text
    assert "surat.pdf" in answer.text
    assert db.scalar(select(SuratMasuk)) is None


def test_strange_values_are_refused_with_a_sentence(client, db, office):
    client.sign_in(office.tu)

    for change in ({"opd_id": "9999"}, {"opd_id": "x"}, {"sifat": "aneh"}, {"tanggal_surat": "kemarin"}, {"before": "999999999999"}, {"perihal": "x" * 400}):
        answer = client.post(at("masuk/baru"), data={**LETTER, "opd_id": office.opd["dpupr"], "before": 0, **change})
        assert answer.status_code == 422, change


def test_pages_and_their_fragments_answer(client, db, office, a_letter, a_draft):
    letter, draft = a_letter(), a_draft()
    client.sign_in(office.sekda)

    for path in (
        "",
        "masuk/",
        f"masuk/{letter.id}",
        "keluar/",
        f"keluar/{draft.id}",
        "keluar/baru",
        "agenda/",
        "agenda/baru",
        "ruang/",
        "masuk/?lewat=1&dari=2026-01-01&sampai=x&unit=1",
    ):
        assert client.get(at(path)).status_code == 200, path
        piece = client.fragment(at(path))
        assert piece.status_code == 200
        assert "<html" not in piece.text


def test_opening_a_letter_is_reading_it(client, db, office, a_letter):
    letter = a_letter()
    client.sign_in(office.kabid).get(at(f"masuk/{letter.id}"))
    assert [d.status for d in letter.disposisi_list] == ["dikirim"]

    page = client.sign_in(office.kadis).get(at(f"masuk/{letter.id}")).text
    db.expire_all()

    assert [d.status for d in letter.disposisi_list] == ["dibaca"]
    assert "Belum dibaca" not in page


def test_a_disposisi_goes_from_desk_to_desk(client, db, office, a_letter):
    letter = a_letter()
    kadis, kabid, petugas = office.kadis, office.kabid, office.petugas
    posts = office.posts

    def send(who, key, target):
        return client.sign_in(who).post(
            at(f"masuk/{letter.id}/disposisi"),
            data={
                "kirim-from_jabatan_id": posts[key],
                "kirim-to": posts[target],
                "kirim-instruksi": "tindak_lanjuti",
                "kirim-catatan": "Cek lapangan",
                "kirim-due": "",
            },
        )

    assert send(kadis, "kadis", "kabid").status_code == 303
    assert send(kabid, "kabid", "petugas").status_code == 303
    assert "Jalan rusak" in client.sign_in(petugas).get(at("")).text
    one = next(d for d in letter.disposisi_list if d.to_jabatan_id == posts["petugas"])

    refused = client.post(at(f"disposisi/{one.id}/hasil"), data={f"d{one.id}-result": "ok"})
    assert refused.status_code == 422
    assert "paling sedikit lima huruf" in refused.text
    assert client.post(at(f"disposisi/{one.id}/hasil"), data={f"d{one.id}-result": "Lubang ditambal"}).status_code == 303
    assert "Lubang ditambal" in client.sign_in(kabid).get(at(f"masuk/{letter.id}")).text


def test_a_wrong_disposisi_keeps_its_words(client, db, office, a_letter):
    letter = a_letter()
    client.sign_in(office.kadis)

    answer = client.post(
        at(f"masuk/{letter.id}/disposisi"),
        data={"kirim-from_jabatan_id": office.posts["kadis"], "kirim-catatan": "Tolong segera", "kirim-due": "2020-01-01T10:00"},
    )

    assert answer.status_code == 422
    assert "Tolong segera" in answer.text
    assert "2020-01-01T10:00" in answer.text


def test_others_cannot_touch_a_disposisi(client, db, office, a_letter):
    letter = a_letter()
    one = disposisi.my_disposisi(db, office.kadis)[0]
    client.sign_in(office.kabid)

    assert client.post(at(f"disposisi/{one.id}/pengerjaan")).status_code == 403
    assert client.post(at(f"disposisi/{one.id}/hasil"), data={f"d{one.id}-result": "Sudah selesai"}).status_code == 403
    assert client.post(at(f"masuk/{letter.id}/penutupan")).status_code == 403
    assert client.post(at(f"masuk/{letter.id}/meja"), data={"naik-before": office.posts["sekda"]}).status_code == 403
    assert client.sign_in(office.kadinkes).post(at(f"disposisi/{one.id}/pengerjaan")).status_code == 404


def test_a_letter_is_drafted_checked_sealed_and_verified(client, db, office):
    petugas, kabid, kadis = office.petugas, office.kabid, office.kadis
    data = {
        "opd_id": office.opd["dpupr"],
        "jenis": "undangan",
        "sifat": "biasa",
        "klasifikasi": "000.1",
        "perihal": "Undangan rapat",
        "tujuan": "Camat Contoh",
        "letter_date": "",
        "body": "Mengharap kehadiran Saudara.",
        "tembusan": "",
        "reviewers": office.posts["kabid"],
        "signer": office.posts["kadis"],
    }
    made = client.sign_in(petugas).post(at("keluar/baru"), data=data)
    assert made.status_code == 303
    path = made.headers["location"]
    assert client.post(f"{path}/pengajuan").status_code == 303
    assert client.get(f"{path}/surat.pdf").content.startswith(b"%PDF-")
    assert client.post(f"{path}/paraf", data={"paraf-version": "1", "paraf-note": ""}).status_code == 403

    assert client.sign_in(kabid).post(f"{path}/pengembalian", data={"paraf-version": "1", "paraf-note": ""}).status_code == 422
    assert client.post(f"{path}/paraf", data={"paraf-version": "1", "paraf-note": ""}).status_code == 303
    assert client.sign_in(kadis).post(f"{path}/paraf", data={"paraf-version": "1", "paraf-note": ""}).status_code == 303

    letter = db.scalar(select(SuratKeluar))
    assert letter.nomor == "000.1/0001/DPUPR/2026"
    paper = client.get(f"{path}/surat.pdf")
    assert paper.headers["content-disposition"] == 'inline; filename="000.1-0001-DPUPR-2026.pdf"'

    document = letter.document
    found = client.sign_out().get(document.verify_href)
    assert found.status_code == 200
    assert "000.1/0001/DPUPR/2026" in found.text
    assert document.sha256 in found.text
    assert "Berlaku" in found.text
    assert client.get("/v/tidak-ada").status_code == 404


def test_a_rewritten_draft_that_somebody_changed_keeps_ones_words(client, db, office, a_draft, now):
    letter = a_draft()
    outgoing.rewrite(db, office.kabid, letter.id, version=1, perihal="Lain", body="Isi menurut kabid saja.", now=now)
    client.sign_in(office.petugas)

    answer = client.post(
        at(f"keluar/{letter.id}/konsep"),
        data={"konsep-version": "1", "konsep-perihal": "Punyaku", "konsep-tujuan": "Camat", "konsep-body": "Tulisan saya yang panjang", "konsep-tembusan": ""},
    )

    assert answer.status_code == 409
    assert "Tulisan saya yang panjang" in answer.text
    assert "sudah diubah orang lain" in answer.text


def test_the_disposisi_sheet_is_a_pdf(client, office, a_letter, send):
    letter = a_letter()
    send(letter, "kadis", "kabid")

    answer = client.sign_in(office.kadis).get(at(f"masuk/{letter.id}/lembar.pdf"))

    assert answer.headers["content-type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-")


def test_a_clash_offers_to_keep_both(client, db, office):
    client.sign_in(office.sekda)
    data = {"title": "Rapat", "start": "2026-11-25T09:00", "end": "2026-11-25T10:00", "place": "Pendopo", "officials": office.posts["kadis"], "note": ""}
    assert client.post(at("agenda/baru"), data=data).status_code == 303

    clash = client.post(at("agenda/baru"), data=data)
    assert clash.status_code == 409
    assert "in_spite" in clash.text
    assert client.post(at("agenda/baru"), data={**data, "in_spite": "y"}).status_code == 303
    assert client.sign_in(office.kabid).get(at("agenda/baru")).status_code == 403


def test_an_invitation_is_answered_from_its_page(client, office):
    data = {"title": "Rapat", "start": "2026-11-25T09:00", "end": "2026-11-25T10:00", "place": "Pendopo", "officials": office.posts["kadis"], "note": ""}
    path = client.sign_in(office.sekda).post(at("agenda/baru"), data=data).headers["location"]
    post = office.posts["kadis"]
    client.sign_in(office.kadis)

    assert client.post(f"{path}/jawaban/{post}", data={"answer": "ditolak", f"j{post}-wakil": "0", f"j{post}-note": ""}).status_code == 422
    assert (
        client.post(
            f"{path}/jawaban/{post}", data={"answer": "diwakilkan", f"j{post}-wakil": office.posts["kabid"], f"j{post}-note": "Ada tugas lain"}
        ).status_code
        == 303
    )
    assert "Diwakilkan" in client.get(path).text
    assert client.sign_in(office.petugas).get(path).status_code == 404


def test_rooms_are_added_by_their_keeper_and_booked_by_staff(client, people, office):
    keeper = people.officer("surat.manage_rooms", scope="regency")
    room = {"ruang-name": "Ruang Contoh", "ruang-place": "Setda", "ruang-seats": "20", "ruang-facilities": ""}
    assert client.sign_in(office.kabid).post(at("ruang/baru"), data=room).status_code == 403
    assert client.sign_in(keeper).post(at("ruang/baru"), data=room).status_code == 303
    assert client.post(at("ruang/baru"), data=room).status_code == 422

    def book(who, key, **more):
        return client.sign_in(who).post(
            at("ruang/pesanan"),
            data={
                "pesan-ruang": "1",
                "pesan-title": "Rapat",
                "pesan-people": "5",
                "pesan-start": "2027-01-04T09:00",
                "pesan-end": "2027-01-04T10:00",
                "pesan-jabatan": office.posts[key],
                **more,
            },
        )

    assert book(office.kabid, "kabid").status_code == 303
    taken = book(office.kadis, "kadis")
    assert taken.status_code == 409
    assert "pesan-displace" in taken.text
    assert book(office.kabid, "kadis").status_code == 422


def test_citizens_and_strangers_stay_outside(client, resident):
    assert client.get(at("")).status_code == 303
    assert client.sign_in(resident).get(at("")).status_code == 403
