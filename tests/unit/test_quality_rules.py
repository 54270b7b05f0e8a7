"""What a rule may be, and the marking pass that is derived from it."""

import duckdb
import pytest

from pipelines.quality.rules import Rule, TableRule, marking_expression, require_unique

WORDS = {"severity": "critical", "why": "依据", "text": "中文", "text_en": "English"}


@pytest.mark.parametrize("predicate", ["", "  \n"])
def test_an_empty_predicate_is_refused(predicate: str) -> None:
    with pytest.raises(ValueError, match="every field"):
        Rule("r", predicate, **WORDS)


@pytest.mark.parametrize("field", ["why", "text", "text_en"])
def test_a_rule_without_words_is_refused(field: str) -> None:
    with pytest.raises(ValueError, match="every field"):
        Rule("r", "true", **{**WORDS, field: ""})


def test_an_unknown_severity_is_refused() -> None:
    with pytest.raises(ValueError, match="severity"):
        Rule("r", "true", **{**WORDS, "severity": "fatal"})


def test_a_table_rule_must_read_the_table() -> None:
    with pytest.raises(ValueError, match="table"):
        TableRule("r", "SELECT 1", **WORDS)


def test_a_table_rule_keeps_other_braces() -> None:
    rule = TableRule("r", "SELECT 1 FROM {table} WHERE regexp_matches(x, 'a{2}')", **WORDS)
    assert rule.over("staged") == "SELECT 1 FROM \"staged\" WHERE regexp_matches(x, 'a{2}')"


def test_the_same_id_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="r"):
        require_unique([Rule("r", "true", **WORDS), TableRule("r", "FROM {table}", **WORDS)])


def test_a_condition_is_never_null_and_survives_a_comment() -> None:
    rule = Rule("r", "x > 1 -- above one", **WORDS)
    values = duckdb.sql(f"SELECT {rule.condition} FROM (VALUES (0, NULL), (1, 1), (2, 2)) AS t(n, x) ORDER BY n")
    assert values.fetchall() == [(False,), (False,), (True,)]


def test_marks_are_the_ids_of_the_broken_rules_in_declared_order() -> None:
    rules = [Rule("it's big", "x > 1", **WORDS), Rule("odd", "x % 2 = 1", **WORDS)]
    marked = duckdb.sql(
        f"SELECT {marking_expression(rules)} FROM (VALUES (0, NULL), (1, 2), (2, 1), (3, 3)) AS t(n, x) ORDER BY n"
    )
    assert [marks for (marks,) in marked.fetchall()] == [[], ["it's big"], ["odd"], ["it's big", "odd"]]


def test_without_rules_every_row_has_an_empty_list() -> None:
    assert duckdb.sql(f"SELECT {marking_expression([])}").fetchall() == [([],)]
