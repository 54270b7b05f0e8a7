"""How two records are compared: fields, the named levels in which they may agree, and the SQL that tells them apart.

One list for all data: English names and addresses and the fields of a register are compared in the same way; what a level
is worth is the model's. Levels are tried in order and the last one needs no condition; `missing` says nothing
either way. Conditions are DuckDB SQL over the columns of `evidence.py` with `_l` and `_r`, which is also Splink's form.
Sources: Fellegi and Sunter 1969 for agreement patterns; domain.md §3.3–3.5 for the levels.
"""

from __future__ import annotations

from typing import NamedTuple

MISSING, DIFFERENT = "missing", "different"
# Jaro-Winkler from which two Latin names are spellings of one; Winkler 1990 and Splink's own default.
SIMILAR = 0.88


class Level(NamedTuple):
    name: str
    condition: str


class Comparison(NamedTuple):
    """`levels` end with what is left where no condition holds."""

    name: str
    columns: tuple[str, ...]
    levels: tuple[Level, ...]


def _one_edit(left: str, right: str, at_least: int) -> str:
    # One edit leaves a beginning or an end of nearly half the text alone: told cheaply, before the costly distance.
    shorter = f"least(length({left}), length({right}))"
    half = f"(({shorter} - 1) // 2)"
    return (
        f"({shorter} >= {at_least} AND abs(length({left}) - length({right})) <= 1"
        f" AND (left({left}, {half}) = left({right}, {half}) OR right({left}, {half}) = right({right}, {half}))"
        f" AND damerau_levenshtein({left}, {right}) = 1)"
    )


def _near(left: str, right: str) -> str:
    # In two or fewer characters one edit makes another word: 张 and 章, 小明 and 小红.
    return _one_edit(left, right, 3)


def _one_character(left: str, right: str) -> str:
    # DuckDB's distances count bytes, of which a Chinese character has three: told place by place, as names are short.
    places = []
    for place in range(4):
        before, after = f"left({left}, {place}) = left({right}, {place})", place + 2
        places.append(f"({before} AND substr({left}, {after}) = substr({right}, {after}))")
        crossed = f"substr({left}, {place + 1}, 1) = substr({right}, {after}, 1)"
        crossed += f" AND substr({right}, {place + 1}, 1) = substr({left}, {after}, 1)"
        places.append(f"({before} AND {crossed} AND substr({left}, {after + 1}) = substr({right}, {after + 1}))")
    return f"(length({left}) >= 3 AND length({left}) = length({right}) AND ({' OR '.join(places)}))"


def _alike(left: str, right: str) -> str:
    # Only letters have a spelling; neither have one or two of them.
    return (
        f"({left} = {right} OR {_near(left, right)} OR (least(length({left}), length({right})) >= 3"
        f" AND {left} BETWEEN 'A' AND '{{' AND jaro_winkler_similarity({left}, {right}) >= {SIMILAR}))"
    )


def _absent(column: str) -> Level:
    return Level(MISSING, f"{column}_l IS NULL OR {column}_r IS NULL")


def _text(column: str, *, spelt: bool = False, crossed: str = "") -> Comparison:
    left, right = f"{column}_l", f"{column}_r"
    levels = [Level("exact", f"{left} = {right}"), Level("one_edit", _near(left, right))]
    if spelt:
        levels.append(Level("similar", _alike(left, right)))
    if crossed:
        # What was meant for one field stands in the other, even where nothing stands in this one.
        both = [(left, f"{crossed}_r"), (f"{crossed}_l", right)]
        levels += [Level("crossed", " OR ".join(f"{a} = {b} OR {_near(a, b)}" for a, b in both)), _absent(column)]
        return Comparison(column, (column, crossed), (*levels, Level(DIFFERENT, "")))
    return Comparison(column, (column,), (_absent(column), *levels, Level(DIFFERENT, "")))


# A 15-digit number is an 18-digit one without century and check character.
_ONE_ID_EDIT = " OR ".join(
    (
        _one_edit("id_text_l", "id_text_r", 5),
        f"(length(id_text_l) = 15 AND {_one_edit('id_text_l', 'id_old_r', 15)})",
        f"(length(id_text_r) = 15 AND {_one_edit('id_old_l', 'id_text_r', 15)})",
    )
)
ID = Comparison(
    "id",
    ("id_text", "id_old", "id_stem", "id_is_valid"),
    (
        _absent("id_text"),
        Level("exact", "id_text_l = id_text_r OR id_text_l = id_old_r OR id_old_l = id_text_r"),
        Level("one_edit", _ONE_ID_EDIT),
        # County, birth date and more are left of it, and agree.
        Level("cut_off", "starts_with(id_text_r, id_stem_l) OR starts_with(id_text_l, id_stem_r)"),
        # Two numbers that are both right are two people's, however near: brothers' differ in two places.
        Level("conflict", "id_is_valid_l AND id_is_valid_r"),
        Level(DIFFERENT, ""),
    ),
)


def _lost(left: str, right: str) -> str:
    return f"(contains({left}, '?') AND length({left}) >= 2 AND {right} LIKE replace({left}, '?', '_'))"


NAME = Comparison(
    "name",
    ("family_name", "given_name", "full_name", "name_sound"),
    (
        Level(MISSING, "full_name_l IS NULL OR full_name_r IS NULL"),
        Level("exact", "full_name_l = full_name_r AND NOT contains(full_name_l, '?')"
              " AND family_name_l = family_name_r AND given_name_l = given_name_r"),
        Level("lost_character", f"{_lost('full_name_l', 'full_name_r')} OR {_lost('full_name_r', 'full_name_l')}"),
        Level("sounds_alike", "name_sound_l = name_sound_r"),
        Level("swapped", " AND ".join(
            f"({a} = {b} OR {_near(a, b)})"
            for a, b in (("family_name_l", "given_name_r"), ("given_name_l", "family_name_r"))
        )),
        # One character of three or more, the rest the same.
        Level("one_edit", "family_name_l || given_name_l || family_name_r || given_name_r IS NOT NULL"
              f" AND ({_near('full_name_l', 'full_name_r')} OR {_one_character('full_name_l', 'full_name_r')})"),
        Level("similar", f"{_alike('family_name_l', 'family_name_r')} AND {_alike('given_name_l', 'given_name_r')}"),
        Level("given", f"{_alike('given_name_l', 'given_name_r')} OR given_name_l = family_name_r"),
        Level("family", f"{_alike('family_name_l', 'family_name_r')} OR family_name_l = given_name_r"),
        Level(DIFFERENT, ""),
    ),
)  # fmt: skip

BIRTH_DATE = Comparison(
    "birth_date",
    ("birth_date",),
    (
        _absent("birth_date"),
        Level("exact", "birth_date_l = birth_date_r"),
        Level("one_edit", _near("birth_date_l", "birth_date_r")),
        Level("swapped", "birth_date_l = birth_date_r[:4] || birth_date_r[7:8] || birth_date_r[5:6]"),
        # Year, month or day is another, the other two the same.
        Level("part", "birth_date_l[:6] = birth_date_r[:6] OR birth_date_l[5:] = birth_date_r[5:]"
              " OR (birth_date_l[:4] = birth_date_r[:4] AND birth_date_l[7:] = birth_date_r[7:])"),
        Level(DIFFERENT, ""),
    ),
)  # fmt: skip

SEX = Comparison("sex", ("sex",), (_absent("sex"), Level("exact", "sex_l = sex_r"), Level(DIFFERENT, "")))

# One record quotes the number that the other's system gave it.
REFERENCE = Comparison(
    "reference",
    ("own_number", "quoted_number"),
    (
        Level("quoted", "own_number_l = quoted_number_r OR quoted_number_l = own_number_r"),
        Level(MISSING, "quoted_number_l IS NULL AND quoted_number_r IS NULL"),
        Level(DIFFERENT, ""),
    ),
)

# The others of the record's family stand in the household of the other record.
KIN = Comparison(
    "kin",
    ("kin_household", "item_1"),
    (
        Level("household", "kin_household_l = item_1_r OR item_1_l = kin_household_r"),
        Level(MISSING, "coalesce(kin_household_l = item_1_r, item_1_l = kin_household_r) IS NULL"),
        Level(DIFFERENT, ""),
    ),
)

# Whose number it is then: a child's with a parent's number, or the number's own person with a relative's name.
HOLDER = Comparison(
    "holder",
    ("id_is_anothers",),
    (Level(MISSING, "NOT coalesce(id_is_anothers_l OR id_is_anothers_r, FALSE)"), Level("other_name", "")),
)

# Nobody else of that name in that county, of all whom the source has: the name says who it is, to whom it is the name of.
NAMESAKES = Comparison(
    "namesakes",
    ("namesakes", "full_name", "county"),
    (
        Level(MISSING, "namesakes_l IS NULL OR full_name_r IS NULL OR county_r IS NULL"),
        Level("none", "namesakes_l = 0 AND full_name_l = full_name_r AND county_l = county_r"),
        Level("some", ""),
    ),
)

# The system that delivers the record already has one of that person, found by ID number, or can have none.
PLACE = Comparison(
    "place",
    ("source", "known_sources", "barred_sources"),
    (
        Level("held", "list_contains(known_sources_r, source_l)"),
        Level("barred", "list_contains(barred_sources_r, source_l)"),
        Level(MISSING, "source_l IS NULL OR known_sources_r IS NULL"),
        Level("free", ""),
    ),
)

COMPARISONS = (
    ID, NAME, BIRTH_DATE, SEX, _text("county"), _text("town"), _text("village", spelt=True),
    _text("item_1", spelt=True, crossed="item_2"), _text("item_2", crossed="item_1"), _text("item_3"), REFERENCE, KIN, HOLDER, NAMESAKES, PLACE,
)  # fmt: skip


def case_sql(comparison: Comparison) -> str:
    """The CASE expression that names the level of one pair."""
    *tried, rest = comparison.levels
    whens = " ".join(f"WHEN {level.condition} THEN '{level.name}'" for level in tried)
    return f"CASE {whens} ELSE '{rest.name}' END"
