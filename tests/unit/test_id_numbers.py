"""ID numbers: the plain-Python reference on known cases, and DuckDB's answer against it on random and hostile text."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.identity.id_numbers import (
    CLASSES,
    KEYED_CLASSES,
    IdNumber,
    check_character,
    read_id,
    with_ids,
    with_sound_ids,
)

WHOLE = "11010519491231002X"  # the worked example of GB 11643

KNOWN = {
    None: (None, "missing"),
    "": (None, "missing"),
    "　 \t": (None, "missing"),
    "无": (None, "missing"),
    WHOLE: (WHOLE, "valid"),
    "11010519491231002x": (WHOLE, "valid"),
    " 110105 19491231 002X ": (WHOLE, "valid"),
    "'" + WHOLE: (WHOLE, "valid"),
    "﻿１１０１０５１９４９１２３１００２ｘ": (WHOLE, "valid"),
    "110105491231002": (WHOLE, "upgraded_15"),
    "110105491331002": (None, "date"),
    "11010549123100X": (None, "characters"),
    WHOLE + "43": (WHOLE, "disability_certificate"),
    WHOLE + "43B1": (WHOLE, "disability_certificate"),
    "11010519491231003X43": (None, "checksum"),
    WHOLE + "49": (None, "characters"),
    "110105194912310021": (None, "checksum"),
    "110105194902290025": (None, "date"),
    "110105189912310025": (None, "date"),
    "110105194912310": (None, "date"),
    "1101051949123100": (None, "length"),
    "110105********002X": (None, "characters"),
    "110105194912310O2X": (None, "characters"),
    "999105194912310021": (None, "temporary"),
    "1.10105E+17": (None, "excel_damage"),
    "1.10105194912310E+17": (None, "excel_damage"),
    "110105194912310000": (None, "excel_damage"),
    "110105194912310016.0": (None, "excel_damage"),
    "111111111111111111": (None, "placeholder"),
    "000000": (None, "placeholder"),
    "123456789012345678": (None, "placeholder"),
    "123456": (None, "placeholder"),
}


@pytest.mark.parametrize(("text", "expected"), KNOWN.items())
def test_known_cases(text: str | None, expected: tuple[str | None, str]) -> None:
    assert read_id(text) == IdNumber(*expected)


def test_every_class_has_a_case() -> None:
    assert {klass for _, klass in KNOWN.values()} == set(CLASSES)


@pytest.fixture(scope="module")
def database() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(config={"threads": "1"}) as connection:
        yield connection


def in_duckdb(connection: duckdb.DuckDBPyConnection, texts: list[str | None]) -> list[IdNumber]:
    source = "(SELECT unnest($texts::VARCHAR[]) AS x, unnest(range(len($texts))) AS place)"
    rows = connection.execute(
        f"SELECT id_key, id_class FROM ({with_ids(source, {'x': ('id_key', 'id_class')})}) ORDER BY place",
        {"texts": texts},
    ).fetchall()
    quick = connection.execute(
        f"SELECT sound_key FROM ({with_sound_ids(source, {'x': 'sound_key'})}) ORDER BY place", {"texts": texts}
    ).fetchall()
    # The quick way knows valid numbers only, and not each of them.
    for (key, klass), (sound_key,) in zip(rows, quick, strict=True):
        assert sound_key is None or (sound_key, "valid") == (key, klass)
    return [IdNumber(key, klass) for key, klass in rows]


def test_sound_numbers_are_known_at_once(database: duckdb.DuckDBPyConnection) -> None:
    found = database.execute(
        f"SELECT k FROM ({with_sound_ids('(SELECT unnest($texts) AS x)', {'x': 'k'})})",
        {"texts": [WHOLE, WHOLE.lower(), WHOLE[:-1] + "1"]},
    )
    assert found.fetchall() == [(WHOLE,), (WHOLE,), (None,)]


def test_duckdb_reads_the_known_cases(database: duckdb.DuckDBPyConnection) -> None:
    assert in_duckdb(database, list(KNOWN)) == [read_id(text) for text in KNOWN]


@st.composite
def near_ids(draw: st.DrawFn) -> str:
    """A sound number, or one that differs from it the way real files do."""
    region = draw(st.sampled_from(["360121", "362132", "999123", "000000"]))
    birth = (
        draw(st.dates()).strftime("%Y%m%d").zfill(8) if draw(st.booleans()) else f"{draw(st.integers(0, 99999999)):08}"
    )
    body = f"{region}{birth}{draw(st.integers(0, 999)):03}"
    text = body + (check_character(body) if draw(st.booleans()) else draw(st.sampled_from("0123456789Xx")))
    change = draw(st.integers(0, 8))
    position = draw(st.integers(0, len(text)))
    match change:
        case 0:
            text = text[:6] + text[8:17]
        case 1:
            text += draw(st.sampled_from(["43", "11", "99", "43B1", "00"]))
        case 2:
            text = text[:position] + draw(st.characters()) + text[position:]
        case 3:
            text = text[:position] + text[position + 1 :]
        case 4:
            text = text.translate({ord(c): ord(c) + 0xFEE0 for c in "0123456789Xx"})
        case 5:
            text = text[:15] + "000" + draw(st.sampled_from(["", ".0"]))
        case 6:
            text = draw(st.sampled_from(["'", "　", "\t", "﻿"])) + text + draw(st.sampled_from([" ", "\n", ""]))
    return text


hostile = st.one_of(
    st.none(),
    st.text(max_size=24),
    st.text(alphabet="0123456789Xx '　\t１２Ｘ.E+-B", max_size=22),
    near_ids(),
)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(hostile, min_size=1, max_size=60))
def test_duckdb_agrees_with_the_reference(database: duckdb.DuckDBPyConnection, texts: list[str | None]) -> None:
    expected = [read_id(text) for text in texts]
    assert in_duckdb(database, texts) == expected
    for number in expected:
        assert number.klass in CLASSES
        assert (number.key is not None) == (number.klass in KEYED_CLASSES)
