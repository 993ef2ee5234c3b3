import os
import secrets
from pathlib import Path


def read_or_make_secret(path: Path) -> str:
    """The secret in this file, which is made at the first start. Workers that start together agree on one."""
    try:
        return path.read_text()
    except FileNotFoundError:
        draft = path.with_name(f".{path.name}.{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(50))
        try:
            os.link(draft, path)  # unlike a rename, it does not replace what another worker has made
        except FileExistsError:
            pass
        finally:
            draft.unlink()
        return path.read_text()
