"""Names made comparable: the many ways in which one name is written give one form."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.identity.names import INTERPUNCT, name_table, read_name

DOTS = ["\u00b7", "\u2022", "\u30fb", "\u2027", "\uff0e", "\uff65", "\u2219", "\u22c5", "."]
BLANKS = [" ", "\t", "\n", "\r", "\u00a0", "\u3000", "\u200b", "\u200d", "\u200e", "\u2060", "\ufeff"]
GAPS = ["?", "\uff1f", "\u25a1", "*", "\uff0a", "\u3013", "\ufffd", "\ue000", "\uf8ff"]
# 薴 becomes 苧 and that again 苎: the one character whose simple form has a simple form.
han = st.text(
    st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5, exclude_characters="薴"), min_size=1, max_size=4
)


@pytest.mark.parametrize("dot", DOTS)
def test_every_dot_is_the_interpunct(dot: str) -> None:
    assert read_name(f"阿里{dot}买买提") == read_name(f"阿里{INTERPUNCT}买买提")
    assert read_name(f"阿里{dot}买买提").name_key == "阿里·买买提"


@pytest.mark.parametrize("dot", [*DOTS, "'", '"'])
def test_a_dot_or_quote_at_the_end_is_not_part_of_a_name(dot: str) -> None:
    assert read_name(f"{dot}张三{dot}").name_key == "张三"


@pytest.mark.parametrize("blank", BLANKS)
def test_blanks_carry_nothing(blank: str) -> None:
    assert read_name(f"{blank}张{blank}{blank}三{blank}") == read_name("张三")


@pytest.mark.parametrize(
    ("written", "plain"),
    [("劉三", "刘三"), ("葉四", "叶四"), ("範五", "范五"), ("范五", "范五"), ("張偉", "张伟"), ("龔國華", "龚国华")],
)
def test_traditional_characters_are_simplified(written: str, plain: str) -> None:
    assert read_name(written) == read_name(plain)
    assert read_name(written).name_key == plain


def test_width_and_case_make_no_difference() -> None:
    assert read_name("Ａｌｉ") == read_name("ALI")
    assert read_name("ali").name_key == "ALI"
    # A compatibility ideograph is the character it stands for.
    assert read_name("\uf9d1三") == read_name("六三")


@pytest.mark.parametrize("gap", GAPS)
def test_a_lost_character_is_a_gap(gap: str) -> None:
    name = read_name(f"王{gap}明")
    assert name == read_name("王?明")
    assert (name.name_key, name.name_head, name.name_tail, name.has_gap) == ("王?明", "王", "明", True)


def test_head_and_tail_stand_before_the_first_and_after_the_last_gap() -> None:
    assert read_name("王?小?明")[:3] == ("王?小?明", "王", "明")
    assert read_name("?小明")[:3] == ("?小明", "", "小明")
    assert read_name("王??")[:3] == ("王??", "王", "")
    assert read_name("王小明")[:3] == ("王小明", "王小明", "")


def test_rare_characters_are_not_gaps() -> None:
    for rare in ("䶮", "㛃", "\U00020bb7"):
        assert read_name(f"张{rare}").name_key == f"张{rare}"
        assert not read_name(f"张{rare}").has_gap


@pytest.mark.parametrize(("one", "other"), [("张三", "章三"), ("李建", "李健"), ("王华", "王桦"), ("刘洋", "劉陽")])
def test_names_of_one_sound_have_one_pinyin(one: str, other: str) -> None:
    assert read_name(one).name_pinyin == read_name(other).name_pinyin


@pytest.mark.parametrize(("one", "other"), [("张三", "张山"), ("李四", "李思"), ("王明", "王敏"), ("张三", "三张")])
def test_tones_are_dropped_but_sounds_and_order_are_not(one: str, other: str) -> None:
    same = (one, other) == ("李四", "李思")
    assert (read_name(one).name_pinyin == read_name(other).name_pinyin) == same


@pytest.mark.parametrize("nothing", ["", " ", "\u3000", "·", "'"])
def test_an_empty_name_gives_empty_forms(nothing: str) -> None:
    assert read_name(nothing) == ("", "", "", "", False)


@given(han)
def test_the_normal_form_is_its_own_normal_form(name: str) -> None:
    once = read_name(name)
    assert read_name(once.name_key) == once
    assert not once.has_gap and once.name_head == once.name_key and once.name_tail == ""


@given(st.text(max_size=8))
def test_no_text_is_an_error_and_the_parts_fit_together(text: str) -> None:
    name = read_name(text)
    assert name.has_gap == ("?" in name.name_key)
    assert name.name_key.startswith(name.name_head) and name.name_key.endswith(name.name_tail)
    assert not any(blank in name.name_key for blank in BLANKS)


def test_the_table_has_one_row_per_name_as_delivered() -> None:
    rows = name_table(["张三", "張三", "张三", "", "王?明"]).to_pylist()
    assert [row["name"] for row in rows] == ["", "张三", "張三", "王?明"]
    assert {row["name"]: row["name_key"] for row in rows} == {"": "", "张三": "张三", "張三": "张三", "王?明": "王?明"}
    assert rows[3] | {"name": ""} == {
        "name": "", "name_key": "王?明", "name_head": "王", "name_tail": "明", "name_pinyin": "wang ? ming", "has_gap": True,
    }  # fmt: skip


def test_no_names_make_an_empty_table() -> None:
    assert name_table([]).num_rows == 0
    assert name_table([]).schema.names == name_table(["张三"]).schema.names
