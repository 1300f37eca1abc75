from tests.cast import Cast


def test_a(cast: Cast) -> None:
    assert cast["mei"]
