"""What is thrown at parsers: seeds of the corpus, changed as accidents and people change them, and anything at all."""

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

BROKEN = (
    *(
        b"\x00",
        b"\xff",
        b"\xed\xa0\x80",
        "\ufdfa".encode(),
        b"\r",
        b"\n",
        b'"',
        b"\\",
        b"{",
        b"[" * 2_000,
        b"9" * 5_000,
    ),
    *(
        b"\\ud800",
        b"\\u0000",
        b"null",
        b"-1",
        b"1e999",
        b"99991231235959-2300",
        b"00010101000000+2300",
        b"\x02\x01\x04",
    ),
    b"a" * 8_192,
)
"""What has broken a parser somewhere."""


@st.composite
def changed(draw: DrawFn, seeds: list[bytes]) -> bytes:
    """One of the seeds after some changes; now and then bytes without any form."""
    data = draw(st.sampled_from([*seeds, *seeds, *seeds, b""]))
    if not data:
        return draw(st.binary(max_size=400))
    for _ in range(draw(st.integers(0, 6))):
        data = _changed(draw, data, seeds)
    return data


def _changed(draw: DrawFn, data: bytes, seeds: list[bytes]) -> bytes:
    start = draw(st.integers(0, len(data)))
    end = min(len(data), start + draw(st.integers(0, 40)))
    put = draw(st.sampled_from(BROKEN) | st.binary(max_size=4) | st.just(data[start:end] * 2))
    how = draw(st.sampled_from(("replace", "insert", "delete", "cut", "flip", "splice")))
    if how == "cut":
        return data[:start]
    if how == "splice":
        return data[:start] + draw(st.sampled_from(seeds))[start:]
    if how == "flip":
        return (
            data[:start]
            + bytes(byte ^ (1 << draw(st.integers(0, 7))) for byte in data[start : start + 1])
            + data[start + 1 :]
        )
    return data[:start] + (b"" if how == "delete" else put) + data[start if how == "insert" else end :]
