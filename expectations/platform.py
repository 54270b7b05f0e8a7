"""Rules that several tables of the employment platform share. Source: domain.md §2.3."""

from __future__ import annotations

from pipelines.quality.rules import Rule
from pipelines.sources.base import SourceTable
from pipelines.sources.employment_platform.codes import ORGANISED_MODES

HIGHEST_WAGE = 50_000  # yuan a month; above it a year's wage, or one in fen, was written
_SPONTANEOUS = "2"


def unqualified_public_post(table: SourceTable) -> Rule:
    """The channel says public post, the flag that the post does not meet the conditions."""
    channel, flag = table.column("channel_code"), table.column("is_public_post_qualified")
    return Rule(
        "unqualified_public_post",
        "channel_code = 'PUBLIC_POST' AND NOT is_public_post_qualified",
        "warning",
        "a 专岗 that does not meet the public-post conditions counts for the six carriers, not for the four channels",
        f"“{channel.header}”为公益性岗位,但“{flag.header}”为否,请核对:不符合条件的专岗不计入公益性岗位",
        f"'{channel.header}' says public post, '{flag.header}' says no; a 专岗 that does not qualify is no public post",
    )


def organised_contradicts(table: SourceTable) -> Rule:
    """Organised export and a move on one's own in one row, or the other way round."""
    flag, mode = table.column("is_organised"), table.column("transfer_mode_code")
    modes = ", ".join(f"'{code}'" for code in ORGANISED_MODES)
    return Rule(
        "organised_contradicts",
        f"is_organised AND transfer_mode_code = '{_SPONTANEOUS}'"
        f" OR NOT is_organised AND channel_code = 'ORG_EXPORT' AND transfer_mode_code IN ({modes})",
        "warning",
        "the job-seeking allowance is due only for organised moves: one of the two entries is wrong",
        f"“{flag.header}”与“{mode.header}”不一致,请核对",
        f"'{flag.header}' and '{mode.header}' contradict each other; check both",
    )


def wage_too_high(table: SourceTable) -> Rule:
    """A monthly wage that nobody of the platform has."""
    column = table.column("wage_amount")
    return Rule(
        "wage_amount_high",
        f"wage_amount > {HIGHEST_WAGE}",
        "warning",
        "a year's wage in the column of the monthly one would lift the county's average",
        f"“{column.header}”超过{HIGHEST_WAGE}元,可能填成了年收入,请按月填写",
        f"'{column.header}' is above {HIGHEST_WAGE} yuan; it may be a year's income, write the monthly wage",
    )
