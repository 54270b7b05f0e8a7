"""Each query of docs/bi.md is allowed to whom the page says, and shows nothing that is not theirs."""

from __future__ import annotations

import pytest

from tests.access.besieged import Besieged
from tests.cookbook import Query, queries


@pytest.mark.parametrize("query", queries(), ids=lambda query: query.question)
def test_who_is_named_may_ask(under_attack: Besieged, query: Query) -> None:
    connection = under_attack.connect(under_attack.logins[query.role])
    try:
        with connection.cursor() as cursor:
            cursor.execute(query.sql)
            assert cursor.description
    finally:
        connection.close()
