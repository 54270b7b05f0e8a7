"""What a task announces, retries and writes down when it fails."""

from __future__ import annotations

import copy
from types import SimpleNamespace
from typing import Any

import pytest


def _context(dag: Any, key: str | None = None, tries: int = 1) -> dict[str, Any]:
    from airflow.sdk.execution_time.context import OutletEventAccessors

    return {
        "task": copy.copy(dag.tasks[0]),  # as Airflow does: a running task has its own copy
        "outlet_events": OutletEventAccessors(),
        "dag_run": SimpleNamespace(partition_key=key),
        "ti": SimpleNamespace(try_number=tries),
    }


def _sent(context: dict[str, Any]) -> list[tuple[str, str | None, dict]]:
    """The events Airflow would register, in its own serialisation."""
    from airflow.sdk.execution_time.task_runner import _build_asset_profiles, _serialize_outlet_events

    payloads: dict[str, list[tuple[str | None, dict]]] = {}
    for event in _serialize_outlet_events(context["outlet_events"]):
        payloads.setdefault(event["dest_asset_key"]["name"], []).append((event.get("partition_key"), event["extra"]))
    return [
        (profile.name, key, extra)
        for profile in _build_asset_profiles(context["task"].outlets)
        for key, extra in payloads.get(profile.name, [(None, {})])
    ]


def test_only_what_has_news_is_announced(dags: dict) -> None:
    from dags.assets import RECEIVED
    from dags.events import Announcement, announce
    from pipelines.periods import Quarter

    context = _context(dags["receive"])
    announce(
        context,
        [
            Announcement(RECEIVED["yulu"], {"2019Q1", Quarter(2018, 4)}, {"deliveries": ["a", "b"]}),
            Announcement(RECEIVED["social_insurance"], (), {}),
        ],
    )
    facts = {"deliveries": ["a", "b"]}
    assert _sent(context) == [("received_yulu", "2018Q4", facts), ("received_yulu", "2019Q1", facts)]
    assert len(dags["receive"].tasks[0].outlets) == len(RECEIVED), "the declared outlets draw the graph and stay"


def test_quarters_are_announced_earliest_first(dags: dict) -> None:
    from dags.assets import RECEIVED
    from dags.events import Announcement, announce

    context = _context(dags["receive"])
    quarters = [f"{year}Q{number}" for year in (2020, 2018, 2019) for number in (4, 2, 3, 1)]
    announce(context, [Announcement(RECEIVED["yulu"], quarters, {})])
    assert [key for _, key, _ in _sent(context)] == sorted(quarters)


def test_a_step_with_nothing_to_do_is_silent(dags: dict) -> None:
    from dags.events import announce

    context = _context(dags["plan"], key="all")
    announce(context, [])
    assert _sent(context) == []


def test_a_run_without_a_quarter_is_refused_at_once(dags: dict) -> None:
    from dags.events import quarter_of
    from pipelines.errors import ContractBreach

    with pytest.raises(ContractBreach, match="2019Q4"):
        quarter_of(_context(dags["link"]))
    assert quarter_of(_context(dags["link"], key="2019Q4")).key == "2019Q4"


def test_a_run_about_a_delivery_must_name_it(dags: dict) -> None:
    from dags.events import delivery_key, delivery_of
    from pipelines.errors import ContractBreach

    key = delivery_key("yulu", "2019Q4-36-001")
    assert delivery_of(_context(dags["gate"], key=key)) == ("yulu", "2019Q4-36-001")
    for nameless in (None, "", "yulu", "yulu/"):
        with pytest.raises(ContractBreach, match="system/delivery"):
            delivery_of(_context(dags["gate"], key=nameless))


def test_an_answer_without_a_usable_reason_fails_the_try_so_that_the_next_one_asks_again(dags: dict) -> None:
    from airflow.sdk.exceptions import AirflowException

    ask = dags["gate"].get_task("ask")
    ask.validate_params_input({"reason": "清理重复参保"})
    for answer in ({}, {"reason": ""}, {"reason": "  "}, {"reason": "张三 360702198001010015"}):
        with pytest.raises(AirflowException, match="理由必填") as refused:
            ask.validate_params_input(answer)
        assert "360702198001010015" not in str(refused.value)
        policy = ask.retry_policy.evaluate(refused.value, try_number=1, max_tries=ask.retries)
        assert policy.action.value == "default"
    assert ask.retries >= 20


def test_a_second_try_announces_what_the_first_may_not_have_told(dags: dict) -> None:
    from dags.events import is_again

    assert not is_again(_context(dags["receive"]))
    assert is_again(_context(dags["receive"], tries=2))


@pytest.mark.parametrize(
    ("exception", "action"),
    [("breach", "fail"), (KeyError("x"), "fail"), (OSError("disk"), "default"), (RuntimeError("database"), "default")],
)
def test_a_breach_fails_at_once_and_trouble_is_tried_again(dags: dict, exception: object, action: str) -> None:
    from pipelines.errors import ContractBreach

    raised = ContractBreach("a column is missing") if exception == "breach" else exception
    policy = dags["link"].tasks[0].retry_policy
    assert policy.evaluate(raised, try_number=1, max_tries=3).action.value == action


def test_an_incident_quotes_no_cell(dags: dict) -> None:
    from dags.defaults import incident_message
    from pipelines.errors import ContractBreach

    assert "county_code" in incident_message(ContractBreach("column county_code is missing"))
    assert "No space left" in incident_message(OSError(28, "No space left on device"))
    assert "360123" not in incident_message(ValueError("could not convert '360123199001011234'"))
    assert incident_message(None)


def test_plan_tells_a_returned_quarter_from_new_data() -> None:
    from dags.assets import COMPARED, STAGED
    from dags.plan import unchanged_quarters

    def event(**extra: object) -> SimpleNamespace:
        return SimpleNamespace(extra=extra)

    returned = {COMPARED: [event(quarter="2019Q1", skipped=True)]}
    assert unchanged_quarters({"triggering_asset_events": returned}) == {"2019Q1"}
    assert (
        unchanged_quarters({"triggering_asset_events": {COMPARED: [event(quarter="2019Q1", skipped=False)]}}) == set()
    )
    assert unchanged_quarters({"triggering_asset_events": returned | {STAGED["yulu"]: [event()]}}) == set()
    assert unchanged_quarters({"triggering_asset_events": {}}) == set()


def test_only_a_run_woken_for_lost_notices_announces_them_again(dags: dict) -> None:
    from dags.assets import LANDING
    from dags.receive import was_sent_for_overlooked

    def woken_by(*extras: dict) -> dict:
        return {"triggering_asset_events": {LANDING: [SimpleNamespace(extra=extra) for extra in extras]}}

    waiting, lost = ({"payload": {"landing": what}} for what in ("waiting", "overlooked"))
    assert was_sent_for_overlooked(woken_by(waiting, lost))
    # A push by REST carries what its sender likes, or nothing.
    assert not was_sent_for_overlooked(woken_by(waiting, {}, {"payload": None}))
    assert not was_sent_for_overlooked(woken_by())
