"""ID numbers: the plain-Python reference on known cases, and both engines' answer against it on random and hostile text."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.engines import Part, engine_for
from pipelines.identity import id_numbers
from pipelines.identity.id_numbers import (
    _DROPPED,
    _WIDE,
    CLASSES,
    EMPTY_WORDS,
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
    # made up, like all numbers here
    "810000198505050036": ("810000198505050036", "residence_permit"),
    "820000198505050038": ("820000198505050038", "residence_permit"),
    "83000019850505003X": ("83000019850505003X", "residence_permit"),
    "８３００００19850505003x": ("83000019850505003X", "residence_permit"),
    "810000198505050037": (None, "checksum"),
    "810000198502300036": (None, "date"),
    "810000198505050000": (None, "excel_damage"),
    "840000198505050031": ("840000198505050031", "valid"),
    "911156198505050038": ("911156198505050038", "foreign_permit"),
    "911156198505050039": (None, "checksum"),
    "999156198505050000": (None, "temporary"),
    "USA310085050512": (None, "foreign_permit_15"),
    "usa 3100 850505 12": (None, "foreign_permit_15"),
    "USA31008505051": (None, "characters"),
    "H01234567": (None, "hk_macao_travel_permit"),
    "M0123456701": (None, "hk_macao_travel_permit"),
    "M012345670": (None, "characters"),
    "01234567": (None, "taiwan_travel_permit"),
    "0123456701(B)": (None, "taiwan_travel_permit"),
    "0123456701（b）": (None, "taiwan_travel_permit"),
    "0123456701B": (None, "taiwan_travel_permit"),
    "0123456701": (None, "length"),
    "19850505": (None, "length"),
    "20190101": (None, "length"),
    "E12345678": (None, "passport"),
    "ea1234567": (None, "passport"),
    "G 12345678": (None, "passport"),
    "E1234567": (None, "characters"),
    "E123456789": (None, "characters"),
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


def test_only_numbers_of_the_national_form_are_keys() -> None:
    for text in filter(None, KNOWN):
        key, klass = read_id(text)
        assert (key is not None) == (klass in KEYED_CLASSES)
        assert key is None or check_character(key[:17]) == key[17]


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


_ODD = "0123456789" * 3 + "Xx.E+-'OIl０９Ｘｘ（）() \t　﻿\u200b甲𠮷" + "HMEGPSDK"


def _damaged(text: str, rng: random.Random) -> str:
    """A number or permit written the way files hold it, with up to three characters changed, lost, doubled or added."""
    match rng.randrange(12):
        case 0:
            text = text[:6] + text[8:17]
        case 1:
            text += rng.choice(["43", "11", "74B1", "99", "00", "43B123"])
        case 2:
            text = text.translate({ord(c): ord(c) + 0xFEE0 for c in "0123456789Xx"})
        case 3:
            text = text[:15] + rng.choice(["000", "000.0", "00"])
        case 4:
            text = rng.choice("'\t　﻿ ‘") + text + rng.choice([" ", "\n", "", "\r\n", "　"])
        case 5:
            text = f"{text[:6]} {text[6:14]} {text[14:]}"
        case 6:
            text = rng.choice(["999", "81", "82", "83", "9", "0", "80", "100"]) + text[3:]
        case 7:
            text = rng.choice(["1.23457E+17", "3.6E17", text[:1] * rng.randrange(24), "1234567890" * 2, *EMPTY_WORDS])
        case 8:
            text = rng.choice("HMEGPSDKUA") + rng.choice(["", "A", "SA"]) + text[: rng.randrange(7, 14)]
        case 9:
            text = text[: rng.randrange(6, 12)] + rng.choice(["", "B", "(B)", "（ｂ）", "X"])
        case _:
            pass
    for _ in range(rng.choice((0, 0, 1, 1, 1, 2, 3))):
        place = rng.randrange(len(text) + 1)
        odd = rng.choice(_DROPPED + _WIDE) if rng.random() < 0.2 else rng.choice(_ODD)
        text = text[:place] + rng.choice(("", odd, odd)) + text[place + rng.randrange(2) :]
    return text


def _made(rng: random.Random) -> str | None:
    """One value: a sound number one time in four, else one that was damaged, or nothing of the kind."""
    kind = rng.random()
    if kind < 0.002:
        return None
    if kind < 0.05:
        return "".join(rng.choice(_ODD) for _ in range(rng.randrange(24)))
    day = date(1890, 1, 1) + timedelta(days=rng.randrange(78_000))
    birth = f"{day:%Y%m%d}" if rng.random() < 0.9 else f"{rng.randrange(10**8):08}"
    region = rng.choice(["360121", "362132", "110105", "810000", "820000", "830000", "911156", "650102", "501234"])
    body = f"{region}{birth}{rng.randrange(1000):03}"
    text = body + (check_character(body) if rng.random() < 0.9 else rng.choice("0123456789Xx"))
    return text if kind < 0.3 else _damaged(text, rng)


@pytest.fixture(scope="module")
def million(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a million values and the reference's answers."""
    rng = random.Random(11643)
    texts = [_made(rng) for _ in range(1_000_000)]
    keys, classes = zip(*map(read_id, texts), strict=True)
    assert min(Counter(classes)[name] for name in CLASSES) > 300
    assert len(set(texts)) > 800_000
    folder = tmp_path_factory.mktemp("million")
    columns = {"x": texts, "key": keys, "class": classes}
    pq.write_table(
        pa.table({name: pa.array(values, pa.string()) for name, values in columns.items()}), folder / "a.parquet"
    )
    return folder


def _differing(engine: str, quick: bool, million: Path, folder: Path) -> list[dict[str, object]]:
    """What the engine says otherwise than the reference: one value of each kind of difference, and how many."""
    read = with_ids("million", {"x": ("id_key", "id_class")}, quick=quick)
    differs = "id_key IS DISTINCT FROM key OR id_class IS DISTINCT FROM class"
    with engine_for(engine, threads=2, memory_limit="2GiB", scratch=folder) as running:
        running.scan("million", dict.fromkeys(("x", "key", "class"), "VARCHAR"), [Part(million)])
        return running.query(
            f"SELECT class, id_class, min(x) AS x, count(*) AS n FROM ({read}) WHERE {differs} GROUP BY 1, 2", {}
        )


@pytest.mark.parametrize(("engine", "quick"), [("duckdb", True), pytest.param("spark", False, marks=pytest.mark.spark)])
def test_a_million_values_are_read_as_by_the_reference(engine: str, quick: bool, million: Path, tmp_path: Path) -> None:
    assert _differing(engine, quick, million, tmp_path) == []


def test_a_few_of_them_tell_a_rule_that_is_broken(
    million: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "few").mkdir()
    pq.write_table(pq.read_table(million / "a.parquet").slice(0, 20_000), tmp_path / "few" / "a.parquet")
    monkeypatch.setattr(id_numbers, "_RESIDENTS", ("81", "82"))
    found = _differing("duckdb", True, tmp_path / "few", tmp_path)
    assert {row["class"] for row in found} == {"residence_permit"}
