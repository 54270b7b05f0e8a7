"""Recognises the lines people write below a table: 合计, 填表人, notes."""

from __future__ import annotations

import re
from collections.abc import Sequence

HELD_ROWS = 10  # a footer is looked for among this many last rows
_START = re.compile(
    r"\s*(合\s*计|总\s*计|小\s*计|共\s*计|填\s*[表报]|制\s*表|审\s*[核批]|复\s*核|单位负责|负责人|报送|经办|联系|备\s*注|说\s*明|注\s*[::]|日\s*期)"
)


def is_footer(cells: Sequence[str]) -> bool:
    """Whether a row among the last ones is a footer: it begins like one and at most half of its cells are filled."""
    filled = [cell for cell in cells if cell.strip()]
    return bool(filled) and len(filled) * 2 <= max(len(cells), 8) and _START.match(filled[0]) is not None
