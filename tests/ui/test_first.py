def test_guide(reader, make_rows):
    make_rows(60)
    for url in ("/ui/", "/accounts/", "/ui/form/", "/ui/list/", "/accounts/?q=row&state=on&since_from=2020-01-01&sort=-created_at", "/healthz", "/ui/tree/"):
        response = reader.get(url)
        assert response.status_code == 200, url
        print(url, len(response.content))
    print(reader.get("/accounts/?page=2").content.decode())
