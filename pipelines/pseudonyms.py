"""Pseudonyms: what stands outside the lake for the digests that name people, so that no list of ID numbers tells who is who.

A person's key is made from what the person is recognised by, so whoever holds ID numbers can compute it. What is published
bears HMAC-SM3 of it instead, under a key of this installation: the same person has the same pseudonym in every table and
quarter as long as the key is the newest of its ring. Numbers that left under an older key are still known when they come back.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any

from pipelines.errors import ContractBreach, NotReady
from pipelines.settings import settings
from pipelines.stack.credentials import keep_secret, secrets_folder, write_secret

# In a release's versions: under which key it is published.
VERSION = "pseudonyms"
FILE = "pseudonym.keys"
DIGEST = r"(?:.*-)?[0-9a-f]{24}"
_LENGTH = 24
_BYTES = 32


class Key:
    """One key: `number`, which names it without telling it, and the pseudonyms it gives."""

    def __init__(self, text: str) -> None:
        key = text.encode()
        self.number = hmac.digest(key, b"bidui pseudonym key", "sm3").hex()[:8]
        # The states after the key's own block: half the work of an HMAC, once instead of for everybody.
        block = key if len(key) <= 64 else hashlib.new("sm3", key).digest()
        block = block.ljust(64, b"\0")
        self._inner = hashlib.new("sm3", bytes(byte ^ 0x36 for byte in block))
        self._outer = hashlib.new("sm3", bytes(byte ^ 0x5C for byte in block))

    def shown(self, text: str) -> str:
        """The text with the digest in which it ends, a person's key or a case's, replaced; others as they are."""
        return self.replaced(text) if re.fullmatch(DIGEST, text) else text

    def replaced(self, text: str) -> str:
        """The same for a text that is known to end in a digest."""
        inner, outer = self._inner.copy(), self._outer.copy()
        inner.update(text[-_LENGTH:].encode())
        outer.update(inner.digest())
        return text[:-_LENGTH] + outer.hexdigest()[:_LENGTH]


def ring() -> tuple[Key, ...]:
    """The keys of this installation, the one in use first: BIDUI_PSEUDONYM_KEYS, else home/secrets/pseudonym.keys, made once.

    Raises ContractBreach for a key of less than 32 characters.
    """
    return _keys(settings().pseudonym_keys.get_secret_value() or keep_secret(settings().home, FILE, _BYTES))


@cache
def _keys(text: str) -> tuple[Key, ...]:
    words = text.split()
    if any(len(word) < _BYTES for word in words):
        raise ContractBreach(f"a key of BIDUI_PSEUDONYM_KEYS has less than {_BYTES} characters: make one at random")
    return tuple(Key(word) for word in words)


def of(inputs: Mapping[str, Any]) -> Key:
    """The key under which a release with these inputs is published. NotReady where the ring has it no more."""
    number = inputs.get("versions", {}).get(VERSION)
    for key in ring():
        if number in (None, key.number):
            return key
    raise NotReady(
        f"the release was planned with pseudonym key {number}, which is not among this installation's keys: put it back,"
        " behind the newest, in BIDUI_PSEUDONYM_KEYS or secrets/pseudonym.keys"
    )


def rotate() -> tuple[str, str]:
    """Put a new random key in front of the ring's file; the numbers of the key before and of the new one.

    Every quarter is due then: its new release bears other pseudonyms. Older keys stay, for numbers that come back. NotReady
    where the keys come from the environment.
    """
    if settings().pseudonym_keys.get_secret_value():
        raise NotReady(
            "the keys come from BIDUI_PSEUDONYM_KEYS: put a new random one of 32 characters or more in front of them there"
        )
    before = ring()[0].number
    path = secrets_folder(settings().home) / FILE
    new = secrets.token_urlsafe(_BYTES)
    write_secret(path, f"{new}\n{path.read_text(encoding='utf-8').strip()}")
    return before, Key(new).number


def originals(shown: Iterable[str], known: Iterable[str]) -> dict[str, str]:
    """What known texts were shown as, under any key of the ring or before there were keys: shown → known, where one fits."""
    wanted, found = set(shown), dict[str, str]()
    ways: tuple[Callable[[str], str], ...] = (str, *(key.shown for key in reversed(ring())))
    for text in known:
        found |= {told: text for way in ways if (told := way(text)) in wanted}
    return found
