"""x"""
def test_pages(client, people):
    for p in ("/masuk","/daftar","/lupa-sandi","/konfirmasi/abc","/atur-sandi/abc","/pelindungan-data"):
        r=client.get(p); assert r.status_code==200,(p,r.status_code,r.text[-600:])
    a=people.officer("core.act_for"); client.sign_in(a)
    for p in ("/akun/","/akun/perangkat","/akun/data-saya","/akun/hapus","/akun/wakil","/akun/wakil?baru=1"):
        r=client.get(p); assert r.status_code==200,(p,r.status_code,r.text[-600:])
