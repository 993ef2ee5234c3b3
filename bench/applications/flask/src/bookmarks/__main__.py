import sys


def main():
    if sys.argv[1:] == ["nothing"]:
        return
    from bookmarks.pages import app

    answer = app.test_client().get("/?q=flask")
    if answer.status_code != 200 or b"Flask" not in answer.data:
        sys.exit(f"the page has status {answer.status_code}")


if __name__ == "__main__":
    main()
