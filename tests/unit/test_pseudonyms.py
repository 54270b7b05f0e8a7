"""Pseudonyms are HMAC-SM3 under a key of the installation; what left under an older key is known when it comes back."""

from __future__ import annotations

import hashlib
import hmac
import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest

from pipelines import catalog, pseudonyms
from pipelines.columns import COLUMNS, Shown
from pipelines.engines.duckdb import DuckDBEngine
from pipelines.errors import ContractBreach, NotReady
from pipelines.identity import link
from pipelines.lake import columns_of
from pipelines.settings import settings
from pipelines.sources import STAGED
from pipelines.sources.base import Personal, Type
from pipelines.warehouse import marts

KEY = "k" * 32
DIGEST = hashlib.sha256(b"id:1").hexdigest()[:24]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("BIDUI_HOME", str(tmp_path))
    monkeypatch.delenv("BIDUI_PSEUDONYM_KEYS", raising=False)
    settings.cache_clear()
    yield tmp_path
    settings.cache_clear()


@pytest.mark.parametrize("key", [KEY, "密钥" * 20, "k" * 64, "k" * 65, "k" * 200])
def test_a_pseudonym_is_the_hmac_sm3_of_the_digest(key: str) -> None:
    wanted = hmac.new(key.encode(), DIGEST.encode(), "sm3").hexdigest()[:24]
    assert pseudonyms.Key(key).shown(DIGEST) == wanted
    assert pseudonyms.Key(key).shown(f"C01-not_insured-{DIGEST}") == f"C01-not_insured-{wanted}"


@pytest.mark.parametrize(
    "text", ["", "S1", "C28-differs-S1", "91360000MA35XXXX0X", DIGEST[:-1], DIGEST.upper(), f"a{DIGEST}", f"{DIGEST} "]
)
def test_what_ends_in_no_digest_stands_as_it_is(text: str) -> None:
    assert pseudonyms.Key(KEY).shown(text) == text


def test_the_ring_is_made_once_for_its_owner_alone(home: Path) -> None:
    first = pseudonyms.ring()
    assert len(first) == 1 and [key.number for key in pseudonyms.ring()] == [first[0].number]
    assert stat.S_IMODE((home / "secrets" / pseudonyms.FILE).stat().st_mode) == 0o600


def test_processes_that_begin_at_once_have_one_ring(home: Path) -> None:
    program = "from pipelines import pseudonyms; print(pseudonyms.ring()[0].number)"
    environment = os.environ | {"BIDUI_HOME": str(home)}
    runs = [
        subprocess.Popen([sys.executable, "-c", program], env=environment, stdout=subprocess.PIPE, text=True)
        for _ in range(6)
    ]
    assert {run.communicate()[0] for run in runs} == {f"{pseudonyms.ring()[0].number}\n"}
    assert [path.name for path in (home / "secrets").iterdir()] == [pseudonyms.FILE]


def test_after_a_rotation_older_numbers_are_known_and_newer_releases_bear_new_ones(home: Path) -> None:
    case = f"C01-not_insured-{DIGEST}"
    (old,) = pseudonyms.ring()
    assert pseudonyms.rotate() == (old.number, pseudonyms.ring()[0].number)
    new = pseudonyms.ring()[0]
    shown = [case, old.shown(case), new.shown(case), "C01-not_insured-unknown"]
    assert len({*shown}) == 4
    assert pseudonyms.originals(shown, ["C28-differs-S1", case]) == dict.fromkeys(shown[:3], case)
    assert pseudonyms.of({"versions": {pseudonyms.VERSION: old.number}}).number == old.number
    assert pseudonyms.of({"versions": {}}).number == new.number
    with pytest.raises(NotReady, match="put it back"):
        pseudonyms.of({"versions": {pseudonyms.VERSION: "0" * 8}})


def test_keys_of_the_environment_come_first_and_are_rotated_there(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BIDUI_PSEUDONYM_KEYS", f"{KEY} {'o' * 40}")
    settings.cache_clear()
    assert [key.number for key in pseudonyms.ring()] == [pseudonyms.Key(KEY).number, pseudonyms.Key("o" * 40).number]
    assert KEY not in repr(settings()) and not (home / "secrets").exists()
    with pytest.raises(NotReady, match="BIDUI_PSEUDONYM_KEYS"):
        pseudonyms.rotate()
    monkeypatch.setenv("BIDUI_PSEUDONYM_KEYS", "short")
    settings.cache_clear()
    with pytest.raises(ContractBreach, match="less than 32"):
        pseudonyms.ring()


def test_a_number_that_comes_back_is_the_case_it_went_out_for(home: Path) -> None:
    cases = [f"C01-not_insured-{DIGEST}", "C28-differs-S1"]
    shown = [pseudonyms.ring()[0].shown(case) for case in cases]
    pseudonyms.rotate()
    with DuckDBEngine(1, "500MiB", home / "scratch") as engine:
        told = pa.table({"issue_number": [*shown, None, "C01-2018Q4-000000001"]})
        engine.register_rows("staged_verification_feedback__finding", {"issue_number": "VARCHAR"}, told)
        engine.scan("previous.core_case", columns_of("core_case"), [])
        assert link._case_numbers(None, engine).num_rows == 0
    with DuckDBEngine(1, "500MiB", home / "scratch") as engine:
        engine.register_rows("staged_verification_feedback__finding", {"issue_number": "VARCHAR"}, told)
        engine.register_rows("previous.core_case", {"case_code": "VARCHAR"}, pa.table({"case_code": cases}))
        found = link._case_numbers(None, engine).to_pydict()
    assert dict(zip(found["issue_number"], found["case_code"], strict=True)) == dict(zip(shown, cases, strict=True))


def test_what_must_stay_in_the_lake_is_refused_in_a_published_table(monkeypatch: pytest.MonkeyPatch) -> None:
    published = {name for table in catalog.marts() for name in columns_of(table.name)}
    assert {COLUMNS[name].shown for name in published} == {Shown.OPEN, Shown.PSEUDONYM}
    assert {"name", "id_key", "id_number", "phone", "birth_date", "anchor", "cluster"}.isdisjoint(published)
    for how in (Shown.MASKED, Shown.ABSENT):
        with monkeypatch.context() as changed:
            changed.setitem(COLUMNS, "household_number", COLUMNS["household_number"]._replace(shown=how))
            with pytest.raises(ContractBreach, match="household_number"):
                marts.marts()


def test_every_column_that_holds_a_digest_is_shown_under_a_pseudonym() -> None:
    """Whoever adds a column with a person's key under another name must say how it is shown."""
    named = {name for name in COLUMNS if name.endswith("person_key") or name in ("subject_code", "case_code")}
    assert named and all(COLUMNS[name].shown is Shown.PSEUDONYM for name in named)


def test_what_the_contracts_call_a_name_a_number_or_a_contact_stays_in_the_lake() -> None:
    """The class of an ID number tells no number."""
    named = {Personal.NAME, Personal.ID_NUMBER, Personal.CONTACT}
    personal = {
        name
        for table in STAGED.values()
        for column in table.columns
        for name in column.staged
        if column.personal in named and (name != column.klass or column.type is not Type.ID_NUMBER)
    }
    known = personal & COLUMNS.keys()
    assert {"name", "id_number", "id_key", "phone"} <= known
    assert {COLUMNS[name].shown for name in known} <= {Shown.MASKED, Shown.ABSENT}
