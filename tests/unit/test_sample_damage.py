"""Each kind of defect leaves what defects.toml says it leaves, by the pipeline's own reading of numbers and names."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.identity.id_numbers import read_id
from pipelines.identity.names import read_name
from pipelines.sample import damage, names, numbers
from pipelines.sample.defects import Kind, declared
from pipelines.sample.draws import Draws

# The others take from other people or change the place: test_linkage_mixes.py.
KINDS = tuple(kind for kind in declared().identity if kind.kind in damage.CHANGES)
CHANCE = st.integers(min_value=0, max_value=2**64 - 1)


@pytest.fixture(scope="module")
def people() -> list[tuple[str, str]]:
    """(ID number, name) of some people."""
    rng = np.random.default_rng(3)
    size = 3000
    birth = (
        19_000_000 + rng.integers(30, 118, size) * 10_000 + rng.integers(1, 13, size) * 100 + rng.integers(1, 29, size)
    )
    sex = rng.integers(1, 3, size)
    number = numbers.assign(np.full(size, 362_133), birth, sex, rng, np.zeros(0, dtype=np.int64))
    first, second = names.given(sex, birth // 10_000, rng)
    text = names.text(names.surnames(size, rng), first, second, np.full(size, -1))
    return list(zip(numbers.text(number).to_pylist(), text.to_pylist(), strict=True))


def test_numbers_are_valid_unique_and_carry_the_sex(people: list[tuple[str, str]]) -> None:
    assert all(read_id(number) == (number, "valid") for number, _ in people)
    assert len({number for number, _ in people}) == len(people)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind.kind.startswith("id_")], ids=lambda kind: kind.kind)
def test_id_defects_leave_their_tier(kind: Kind, people: list[tuple[str, str]]) -> None:
    change = damage.CHANGES[kind.kind]
    tried = 0
    for chance, (number, _) in enumerate(people):
        text = change(number, chance * 7919)
        if text is None or text == number:
            continue
        tried += 1
        key, klass = read_id(text)
        if kind.tier == "other":
            assert klass == "valid" and key not in (None, number)
            continue
        expected = {"none": None, "T1": number, "T2": number}[kind.tier]
        assert key == expected, (kind.kind, klass)
        assert (klass == "upgraded_15") == (kind.tier == "T2")
    assert tried > 50


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind.kind.startswith("name_")], ids=lambda kind: kind.kind)
def test_name_defects_leave_their_tier(kind: Kind, people: list[tuple[str, str]]) -> None:
    stock = names.stock()
    rare = [stock.given[i] for i in stock.pools["rare"]]
    samples = [name for _, name in people] + [f"张建{c}" for c in rare] + stock.minority
    if kind.only == "three":
        samples = [name for name in samples if len(name) >= 3 and "·" not in name]
    tried = 0
    for chance, name in enumerate(samples):
        text = damage.CHANGES[kind.kind](name, chance * 104_729 + 5)
        if text is None or text == name:
            continue
        tried += 1
        was, now = read_name(name), read_name(text)
        differing = sum(a != b for a, b in zip(was.name_key, now.name_key, strict=False))
        if kind.tier == "T1":
            assert now.name_key == was.name_key
        elif kind.kind == "name_homophone":
            assert now.name_pinyin == was.name_pinyin and now.name_key != was.name_key
        elif kind.kind == "name_one_character":
            assert differing == 1 and len(now.name_key) == len(was.name_key) >= 3
            assert now.name_key[0] == was.name_key[0]
        elif kind.kind == "name_rare_lost":
            assert now.has_gap and was.name_key.startswith(now.name_head) and now.name_head
        else:
            assert now.name_pinyin != was.name_pinyin
            assert len(now.name_key) != len(was.name_key) or differing >= 2
    assert tried >= 8, tried


@given(
    ids=st.lists(st.integers(min_value=1, max_value=2**40), min_size=1, max_size=30, unique=True),
    seed=st.integers(0, 9),
)
def test_a_draw_depends_on_the_person_alone(ids: list[int], seed: int) -> None:
    draws = Draws(seed)
    whole = draws(np.array(ids), "label", 1)
    assert ((whole >= 0) & (whole < 1)).all()
    assert [float(draws(np.array([one]), "label", 1)[0]) for one in ids] == whole.tolist()


@given(chance=CHANCE)
def test_one_digit_and_transposition_never_give_a_valid_number(chance: int) -> None:
    for number in ("36213319750203451X", "360731198812120043", "362421196007078812"):
        whole = number[:17] + numbers.CHECKS[int(numbers.check_index(np.array([int(number[:17])]))[0])]
        for change in (damage.one_digit, damage.transposed):
            text = change(whole, chance)
            assert text is not None and read_id(text).key is None
