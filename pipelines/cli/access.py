"""What those do who answer for access: let logins into the warehouse, take it back, see who may see what."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from pipelines.cli.application import FAILED, Json, app, err, out, say

access = typer.Typer(no_args_is_help=True, help="Logins of the warehouse: who sees which regions, as what.")
app.add_typer(access, name="access")

_Login = Annotated[str, typer.Argument(help="The database login, such as county_yudu.")]
_Reason = Annotated[str, typer.Option("--reason", help="Why; it is recorded.")]
_By = Annotated[str, typer.Option("--by", help="Who decided, if another than the account that runs this.")]


@access.command()
def grant(
    login: _Login,
    role: Annotated[str, typer.Option(help="province, city, county, bi, operator or auditor.")],
    region: Annotated[list[str], typer.Option(help="Code of a region it sees: 36, 3607, 360731; repeat for more.")],
    reason: _Reason,
    by: _By = "",
    as_json: Json = False,
) -> None:
    """Let a login see regions; makes the login where there is none and says where its password lies."""
    from pipelines.warehouse import logins
    from pipelines.warehouse.access import Role

    if role not in set(Role):
        err.print(f"no role {role}: {', '.join(Role)}")
        raise typer.Exit(2)
    done = logins.grant(login, Role(role), region, reason, by or _account())
    text = f"{login} sees {', '.join(done.regions)} as {done.role}"
    if done.password_file:
        text += f"; its password: {done.password_file}\nnext: hand it over and delete the file"
    say(done, as_json, text)


@access.command()
def revoke(
    login: _Login,
    reason: _Reason,
    region: Annotated[
        list[str] | None, typer.Option(help="Only this region; repeat for more. Without it: all.")
    ] = None,
    by: _By = "",
    as_json: Json = False,
) -> None:
    """Take regions back, at once, in open sessions too; without any region left the login is closed."""
    from pipelines.warehouse import logins

    left = logins.revoke(login, region or [], reason, by or _account())
    text = f"{login} sees {', '.join(left)} still" if left else f"{login} is closed"
    say({"login": login, "regions": left}, as_json, text)


@access.command("list")
def list_(as_json: Json = False) -> None:
    """Everybody who may log in, with role and regions."""
    from rich.table import Table

    from pipelines.warehouse import logins

    found = logins.logins()
    if as_json:
        say(found, as_json, "")
        return
    shown = Table("login", "role", "regions", "granted by", "at", box=None)
    for one in found:
        shown.add_row(one.login, one.role, ", ".join(one.regions), one.decided_by, one.decided_at)
    out.print(shown if found else "nobody: bidui access grant --help")


@access.command("rotate-key")
def rotate_key(as_json: Json = False) -> None:
    """Give people new pseudonyms: a new key in front of this installation's. Every quarter is computed anew with it."""
    from pipelines import pseudonyms

    before, new = pseudonyms.rotate()
    say(
        {"before": before, "now": new}, as_json,
        f"pseudonym key {new} takes the place of {before}; it is kept behind, for lists that come back\n"
        "next: the next planning makes new releases of every quarter; `bidui run` makes and shows them now",
    )  # fmt: skip


@access.command()
def explain(login: _Login, as_json: Json = False) -> None:
    """What this login can see: every view it may read, and which rows of it."""
    from rich.table import Table

    from pipelines.warehouse import logins

    seen = logins.explain(login)
    if as_json:
        say(seen, as_json, "")
    elif not seen.views:
        err.print(f"{login} sees nothing" + ("" if seen.role else ": there is no such login, or it is in no group"))
        raise typer.Exit(FAILED)
    else:
        shown = Table("view", "holds", "rows", title=f"{login}: {seen.role}, {', '.join(seen.regions)}", box=None)
        for view in seen.views:
            shown.add_row(*view)
        out.print(shown)


@access.command()
def collect(as_json: Json = False) -> None:
    """Take in from the database server's log who read which table of people; the daily DAG does the same."""
    from pipelines.warehouse import audit

    done = audit.collect()
    text = f"{done.reads:,} new readings in {done.files} files of the server's log"
    if done.unsigned:
        text += f"\n{done.unsigned:,} lines only claim to be one and do not count: bidui status, incident unsigned"
    say(done, as_json, text)


@access.command()
def reads(
    login: Annotated[str, typer.Option(help="Only what this login read or this account exported.")] = "",
    table: Annotated[str, typer.Option(help="Only this table, such as mart_case; `list`: exported lists.")] = "",
    since: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Only from this day on.")] = None,
    as_json: Json = False,
) -> None:
    """Who read which table of people and who exported which list, when; nobody's row or name.

    Shows what has been taken in: bidui access collect first, for the last day.
    """
    from rich.table import Table

    from pipelines.warehouse import audit

    found = audit.reads(login, table, since.date() if since else None)
    if as_json:
        say(found, as_json, "")
        return
    shown = Table("at", "login", "table", "regions", "", box=None)
    for one in found:
        shown.add_row(f"{one.at:%Y-%m-%d %H:%M:%S}", one.login, one.table, ", ".join(one.regions), one.note)
    out.print(shown if found else "nobody read anything that has been taken in: bidui access collect")


def _account() -> str:
    from getpass import getuser

    return getuser()
