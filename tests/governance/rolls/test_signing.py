"""The site signs with one key that only it reads."""

import stat
from concurrent.futures import ThreadPoolExecutor

from governance.rolls import signing


def test_what_is_signed_is_known_again_and_nothing_else_is():
    signature = signing.signed(b"as it is")

    assert signing.is_signed(b"as it is", signature, signing.signer())
    assert not signing.is_signed(b"as it was", signature, signing.signer())
    assert not signing.is_signed(b"as it is", signature, "00" * 32)
    assert not signing.is_signed(b"as it is", "no hex", signing.signer())
    assert not signing.is_signed(b"as it is", "ab", signing.signer())


def test_the_key_is_for_the_site_alone_and_stays(settings):
    first = signing.signer()

    folder = settings.BALLOT_KEYS
    assert [path.name for path in folder.iterdir()] == ["signing.key"]
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / "signing.key").stat().st_mode) == 0o600
    assert signing.signer() == first


def test_those_who_need_it_at_once_get_the_same_key():
    with ThreadPoolExecutor(8) as pool:
        keys = {future.result() for future in [pool.submit(signing.signer) for _ in range(32)]}

    assert len(keys) == 1
