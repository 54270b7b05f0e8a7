"""What people write themselves, reasons and names of offices, before it is kept: history is only added to, so nothing gets in
that would have to be taken out again.
"""

from __future__ import annotations

import re
import unicodedata

from pipelines.errors import ContractBreach

LENGTH = 500
# So many digits, blanks between them or not.
_ID_LIKE = re.compile(r"(?:\d ?){14,}")


def checked(text: str, zh: str = "理由", en: str = "a reason") -> str:
    """The text as it is kept, blanks made one. ContractBreach where it says nothing, too much, or an ID number."""
    kept = " ".join(text.split())
    if not kept or len(kept) > LENGTH or _ID_LIKE.search(unicodedata.normalize("NFKC", kept)):
        raise ContractBreach(
            f"{zh}必填,不超过{LENGTH}字,不得含证件号码。 / {en} is required, of at most {LENGTH} characters and without an ID number."
        )
    return kept
