"""How the sample's registers write household numbers, amounts, firms and places that several of them share."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.sample.batch import digits
from pipelines.sample.draws import Array
from pipelines.sample.snapshot import Snapshot

EMPLOYERS = ("鞋业", "服装", "电子", "果业", "油茶", "竹木", "食品", "建材", "家政", "物流", "餐饮", "种养专业合作社")
CITIES = ("南昌", "景德镇", "萍乡", "九江", "新余", "鹰潭", "赣州", "吉安", "宜春", "抚州", "上饶")


def household_numbers(household: Array) -> pa.Array:
    """户编号: opaque, fourteen digits."""
    return digits(36_000_000_000_000 + household.astype(np.int64) * 7)


def amounts(value: Array) -> pa.Array:
    """Yuan with two decimals."""
    cents = np.round(np.asarray(value, dtype=np.float64) * 100).astype(np.int64)
    return pc.binary_join_element_wise(digits(cents // 100), digits(cents % 100, 2), ".")


def now_places(now: Snapshot, code: Array) -> Array:
    """Six-digit codes of 2020 as they were written in the quarter; places outside the province stay."""
    final = np.array([int(c) for c in now.where.counties])
    order = np.argsort(final)
    at = np.minimum(np.searchsorted(final[order], code), len(final) - 1)
    known = final[order][at] == code
    result: Array = np.where(known, now.county_codes[order][at], code)
    return result
