"""Papers are signed, and others' tools agree."""

import subprocess

from pendopo.kit.documents import document_bytes


def pdfsig(tmp_path, pdf):
    path = tmp_path / "surat.pdf"
    path.write_bytes(pdf)
    return subprocess.run(["pdfsig", "-nocert", str(path)], capture_output=True, text=True, check=False).stdout


def test_a_signed_letter_is_accepted_by_poppler(db, give, kinds, tmp_path):
    document = give(kinds.letter)

    said = pdfsig(tmp_path, document_bytes(db, document))
    assert "Signature is Valid" in said
    assert "Total document signed" in said
