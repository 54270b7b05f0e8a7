"""How each kind of defect changes one number or name: (text, chance) → the new text, None where it cannot."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from pipelines.sample.names import stock
from pipelines.sample.numbers import CHECKS, WEIGHTS, fifteen, passes


def one_digit(text: str, chance: int) -> str | None:
    """One of the 17 digits read wrong; the check character always tells."""
    place, step = chance % 17, chance // 17 % 9 + 1
    return text[:place] + str((int(text[place]) + step) % 10) + text[place + 1 :]


def transposed(text: str, chance: int) -> str | None:
    """Two neighbouring digits exchanged."""
    for step in range(16):
        place = (chance + step) % 16
        if text[place] != text[place + 1]:
            return text[:place] + text[place + 1] + text[place] + text[place + 2 :]
    return None


def truncated(text: str, chance: int) -> str | None:
    """The end cut off; never to fifteen characters, which would read as an old number."""
    return text[: (17, 16, 14)[chance % 3]]


def excel_exponent(text: str, chance: int) -> str | None:
    """A spreadsheet's number format."""
    return f"{float(text[:17] + '0'):.5E}"


def excel_zeros(text: str, chance: int) -> str | None:
    """Fifteen significant digits, the last three gone."""
    lost = text[:15] + "000"
    return None if passes(lost) else lost


def temporary(text: str, chance: int) -> str | None:
    """A school's own number: 999, ten digits of the school, five of a serial."""
    lost = f"999{3_600_000_000 + chance % 90:010d}{chance // 90 % 100_000:05d}"
    return lost


def reissued(text: str, chance: int) -> str | None:
    """The number before it was corrected: another sequence, or a day of birth written wrong; the sex as it is."""
    if chance % 2:
        body = text[:14] + f"{(int(text[14:17]) + 2 * (1 + chance // 2 % 300)) % 996:03d}"
    else:
        body = text[:12] + f"{(int(text[12:14]) + chance // 2 % 27) % 28 + 1:02d}" + text[14:17]
    return body + CHECKS[sum(w * int(d) for w, d in zip(WEIGHTS, body, strict=True)) % 11]


def certificate(text: str, chance: int) -> str | None:
    """A disability certificate: the number, then category and grade."""
    return f"{text}{chance % 7 + 1}{chance // 7 % 4 + 1}"


def full_width(text: str, chance: int) -> str | None:
    return "".join(chr(ord(character) + 0xFEE0) for character in text)


def blanks(text: str, chance: int) -> str | None:
    """Blanks every six digits, around, or an apostrophe that kept a spreadsheet from counting."""
    return (f"{text[:6]} {text[6:14]} {text[14:]}", f" {text}", f"{text}\u3000", f"'{text}")[chance % 4]


def homophone(text: str, chance: int) -> str | None:
    """One given character written as another of the same sound."""
    if "·" in text:
        return None
    spots = [i for i in range(_surname(text), len(text)) if text[i] in stock().homophones]
    if not spots:
        return None
    place = spots[chance % len(spots)]
    others = stock().homophones[text[place]]
    return text[:place] + others[chance // 7 % len(others)] + text[place + 1 :]


def one_character(text: str, chance: int) -> str | None:
    """One given character of three or more is another one."""
    place = _surname(text) + chance % (len(text) - _surname(text))
    pool = stock().given
    other = pool[chance // 7 % len(pool)]
    return None if other in text else text[:place] + other + text[place + 1 :]


def variant(text: str, chance: int) -> str | None:
    """One character in its traditional form."""
    spots = [i for i, character in enumerate(text) if character in stock().traditional]
    if not spots:
        return None
    place = spots[chance % len(spots)]
    return text[:place] + stock().traditional[text[place]] + text[place + 1 :]


def rare_lost(text: str, chance: int) -> str | None:
    """A rare character replaced by what an older encoding puts there."""
    rare = {stock().given[i] for i in stock().pools["rare"]}
    mark = stock().placeholders[chance % len(stock().placeholders)]
    return "".join(mark if character in rare else character for character in text)


def interpunct(text: str, chance: int) -> str | None:
    return text.replace("·", stock().interpuncts[chance % len(stock().interpuncts)])


def padded(text: str, chance: int) -> str | None:
    if len(text) == 2 and chance % 3:
        return f"{text[0]}\u3000{text[1]}"
    return (f"{text} ", f"{text}\u3000", f" {text}")[chance % 3]


def conflict(text: str, chance: int) -> str | None:
    """The name of somebody else: no given character in common, none of the same sound; half of them relatives."""
    if "·" in text:
        return None
    cut = _surname(text)
    sounds = {_sound(character) for character in text}
    pool = [character for character in stock().given if len(character.encode()) == 3]
    picked: list[str] = []
    step = chance
    while len(picked) < 2:
        step = (step * 6364136223846793005 + 1442695040888963407) % 2**64
        other = pool[step // 2**33 % len(pool)]
        if other not in text and other not in picked and _sound(other) not in sounds:
            picked.append(other)
    surname = text[:cut]
    if len(text) < 3 or chance % 2:
        families = [name for name in stock().surnames if len(name) == 1 and _sound(name) not in sounds]
        surname = families[chance // 2 % len(families)]
    return surname + "".join(picked)


def _surname(text: str) -> int:
    """Length of the surname."""
    return 2 if text[:2] in stock().surnames and len(text) > 2 else 1


@lru_cache(maxsize=4096)
def _sound(character: str) -> str:
    from pypinyin import lazy_pinyin

    return str(lazy_pinyin(character)[0])


CHANGES: dict[str, Callable[[str, int], str | None]] = {
    "id_one_digit": one_digit,
    "id_transposed": transposed,
    "id_truncated": truncated,
    "id_excel_exponent": excel_exponent,
    "id_excel_zeros": excel_zeros,
    "id_missing": lambda text, chance: "",
    "id_placeholder": lambda text, chance: ("111111111111111111", "123456789012345678", "无")[chance % 3],
    "id_temporary": temporary,
    "id_reissued": reissued,
    "id_fifteen": lambda text, chance: fifteen(text) if text[6:8] == "19" else None,
    "id_certificate": certificate,
    "id_lower_x": lambda text, chance: text.replace("X", "x"),
    "id_full_width": full_width,
    "id_blanks": blanks,
    "name_conflict": conflict,
    "name_homophone": homophone,
    "name_one_character": one_character,
    "name_variant": variant,
    "name_rare_lost": rare_lost,
    "name_interpunct": interpunct,
    "name_padded": padded,
}
