"""Recognises the lines people write below a table: 合计, 填表人, notes."""

from __future__ import annotations

import re
from collections.abc import Sequence

HELD_ROWS = 10  # a footer is looked for among this many last rows
_TOTAL = re.compile(r"(合计|总计|小计|共计|总合计|本页合计|累计)[::]?")
_START = re.compile(
    r"合计|总计|小计|共计|填[表报]|制表|审[核批定]|复核|单位负责|负责|分管|报送|上报|经办|联系|备注|说明|注[::]|日期|截[至止]|打印|盖章"
    r"|[((]?(单位)?[((]?盖?公?章|以下(空白|无)|第\d+页|共\d+[页条户人]|[-—=_*]{3}"
)


def is_footer(cells: Sequence[str]) -> bool:
    """Whether a row among the last ones is a footer.

    It begins with a total and nothing else, or begins like one and at most half of its cells are filled.
    """
    filled = ["".join(cell.split()) for cell in cells if cell.strip()]
    if not filled:
        return False
    if _TOTAL.fullmatch(filled[0]):
        return True
    return len(filled) * 2 <= max(len(cells), 8) and _START.match(filled[0]) is not None
