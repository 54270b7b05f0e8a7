"""Names made comparable: the many ways in which one name is written give one form."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.identity import names
from pipelines.identity.names import INTERPUNCT, _known, name_table, read_name

DOTS = ["\u00b7", "\u2022", "\u30fb", "\u2027", "\uff0e", "\uff65", "\u2219", "\u22c5", "."]
BLANKS = [" ", "\t", "\n", "\r", "\u00a0", "\u3000", "\u200b", "\u200d", "\u200e", "\u2060", "\ufeff"]
GAPS = ["?", "\uff1f", "\u25a1", "*", "\uff0a", "\u3013", "\ufffd", "\ue000", "\uf8ff", "○", "×", "_", "\U000f0001"]
han = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=1, max_size=4)


def same(one: str, other: str) -> bool:
    """Whether two names are one, however they are written."""
    return read_name(one)._replace(name_written="") == read_name(other)._replace(name_written="")


@pytest.mark.parametrize("dot", DOTS)
def test_every_dot_is_the_interpunct(dot: str) -> None:
    assert same(f"阿里{dot}买买提", f"阿里{INTERPUNCT}买买提")
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
    assert same(written, plain)
    assert read_name(written).name_key == plain


def test_width_and_case_make_no_difference() -> None:
    assert read_name("Ａｌｉ") == read_name("ALI")
    assert read_name("ali").name_key == "ALI"
    # A compatibility ideograph is the character it stands for.
    assert read_name("\uf9d1三") == read_name("六三")


@pytest.mark.parametrize("gap", GAPS)
def test_a_lost_character_is_a_gap(gap: str) -> None:
    name = read_name(f"王{gap}明")
    assert same(f"王{gap}明", "王?明")
    assert (name.name_key, name.name_head, name.name_tail, name.has_gap) == ("王?明", "王", "明", True)


def test_head_and_tail_stand_before_the_first_and_after_the_last_gap() -> None:
    for name, head, tail in [
        ("王?小?明", "王", "明"),
        ("?小明", "", "小明"),
        ("王??", "王", ""),
        ("王小明", "王小明", ""),
    ]:
        read = read_name(name)
        assert (read.name_key, read.name_head, read.name_tail) == (name, head, tail)


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


@pytest.mark.parametrize(
    ("name", "pinyin"),
    [
        ("单国", "shan guo"), ("解放", "xie fang"), ("仇丽", "qiu li"), ("区明", "ou ming"), ("查良", "zha liang"),
        ("曾强", "zeng qiang"), ("盖伟", "ge wei"), ("尉迟明", "yu chi ming"), ("欧阳明", "ou yang ming"), ("单于明", "chan yu ming"),
        ("小单", "xiao dan"), ("吕布", "lv bu"),
    ],
)  # fmt: skip
def test_a_surname_is_read_as_a_surname(name: str, pinyin: str) -> None:
    assert read_name(name).name_pinyin == pinyin


def test_a_character_of_several_readings_gives_all_of_them() -> None:
    assert read_name("李乐").name_sounds == "|li le|li yue|"
    assert read_name("曾长乐").name_sounds.count("zeng") == 4
    assert read_name("乐" * 9).name_sounds.count("|") == 9


@pytest.mark.parametrize("spelled", ["王 yan", "王Yan", "王YAN", "王yán", "王ｙａｎ", "王(yan)", "王（ Yan ）"])
def test_pinyin_in_place_of_a_character_is_a_gap_whose_sound_is_known(spelled: str) -> None:
    name = read_name(spelled)
    assert (name.name_key, name.name_pinyin, name.has_gap) == ("王?", "wang yan", True)


def test_sounds_of_several_gaps_stay_in_order() -> None:
    assert read_name("王?lǚ").name_pinyin == "wang ? lv"
    assert read_name("王lyu?").name_pinyin == "wang lv ?"


@pytest.mark.parametrize("kept", ["李强A", "李强B", "ALI", "NGUYEN THI", "李Smith"])
def test_other_letters_stay(kept: str) -> None:
    assert read_name(kept).name_key == kept.upper().replace(" ", "")


@pytest.mark.parametrize(
    ("described", "key"),
    [
        ("王(左火右华)", "王?"), ("王（火华）", "王?"), ("王[火华]明", "王?明"), ("欧阳(上山下大)", "欧阳?"), ("王小（金+容）", "王小?"),
        ("王小(三点水旁加王)", "王小?"), ("王(火华", "王?"),
    ],
)  # fmt: skip
def test_a_described_character_is_a_gap(described: str, key: str) -> None:
    assert read_name(described).name_key == key


@pytest.mark.parametrize(
    ("written", "key", "former"),
    [
        ("李明(曾用名李强)", "李明", "|李强|"), ("李明（原名：李強）", "李明", "|李强|"), ("李明(李强)", "李明", "|李强|"),
        ("李明 曾用名 李强", "李明", "|李强|"), ("李明(曾用名:李强、李刚)", "李明", "|李强|李刚|"), ("李明(曾用名李明)", "李明", ""),
        ("曾用名", "曾用名", ""), ("李明(大)", "李明(大)", ""), ("李明(丫头)", "李明(丫头)", ""), ("(李明)", "(李明)", ""),
    ],
)  # fmt: skip
def test_a_former_name_stands_beside_the_name(written: str, key: str, former: str) -> None:
    name = read_name(written)
    assert (name.name_key, name.name_former) == (key, former)


def test_look_alikes_have_one_shape() -> None:
    groups = _known().shapes
    assert read_name("李未").name_shape == read_name("季末").name_shape
    assert len(set(groups.values())) > 50
    assert all(groups[ord(first)] == first for first in groups.values())


@pytest.mark.parametrize("nothing", ["", " ", "\u3000", "·", "'"])
def test_an_empty_name_gives_empty_forms(nothing: str) -> None:
    read = read_name(nothing)
    assert not read.has_gap
    assert not any(read._replace(name_written="", has_gap=False))


@given(han)
def test_the_normal_form_is_its_own_normal_form(name: str) -> None:
    once = read_name(name)
    assert read_name(once.name_key) == once._replace(name_written=once.name_key)
    assert not once.has_gap and once.name_head == once.name_key and once.name_tail == ""


@given(st.text(max_size=8))
def test_no_text_is_an_error_and_the_parts_fit_together(text: str) -> None:
    name = read_name(text)
    assert name.has_gap == ("?" in name.name_key)
    assert (name.name_pinyin == "") == (name.name_sounds == "") == (name.name_shape == "")
    assert name.name_sounds == "" or name.name_sounds.startswith(f"|{name.name_pinyin}|")
    assert sorted(name.name_sorted) == list(name.name_sorted)
    assert name.name_key.startswith(name.name_head) and name.name_key.endswith(name.name_tail)
    assert not any(blank in name.name_key for blank in BLANKS)


def test_the_table_has_one_row_per_name_as_delivered() -> None:
    rows = name_table(["", "张三", "張三", "张三", "王?明"]).to_pylist()
    assert [row["name"] for row in rows] == ["", "张三", "張三", "王?明"]
    assert {row["name"]: row["name_key"] for row in rows} == {"": "", "张三": "张三", "張三": "张三", "王?明": "王?明"}
    assert rows[3] == {
        "name": "王?明", "name_key": "王?明", "name_written": "王?明", "name_head": "王", "name_tail": "明",
        "name_pinyin": "wang ? ming", "name_sounds": "|wang ? ming|", "name_shape": "王?明", "name_sorted": "?明王",
        "name_first": "", "name_former": "", "has_gap": True,
    }  # fmt: skip


def test_several_processes_make_the_same_table(monkeypatch: pytest.MonkeyPatch) -> None:
    many = [f"{first}{second}" for first in "张王李赵钱" for second in "建国红梅芳·?"]
    monkeypatch.setattr(names, "_PIECE", 8)
    assert name_table(many, processes=2) == name_table(many)
    assert name_table(many, processes=2)["name"].to_pylist() == many


def test_no_names_make_an_empty_table() -> None:
    assert name_table([]).num_rows == 0
    assert name_table([]).schema.names == name_table(["张三"]).schema.names
