"""Which links are right and which are missed: the one definition of precision and recall of the evaluation on the sample.

A link joins a record to a person. In core_link a person is a cluster, and whose person it is its first record says: the
one of the best-ranked system, then the lowest number, whose name and place the person is shown with.

- Links made: every record of a cluster but the first. A link is right where the truth gives the record to the same person
  as the cluster's first record. Precision is right links among links made.
- Links to be made: of each person of the universe, every record delivered and not quarantined but one, the person's own
  first record. A link is found where the record lies in the person's cluster: of those that begin with a record of the
  person, the one that holds most of the person's records. Recall is links found among links to be made. A suggestion is
  right where it names that cluster.
- A link to be made is `exact` where the record and the person's first one both carry the person's number and name (tiers
  T1 to T3 of the truth); a `conflict` where one of them carries another's name beside the right number, which by rule is
  no match and is listed instead (T4): not counted in recall; else it belongs to the `residual`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pipelines.identity.evaluation.records import CONFLICT, USABLE

if TYPE_CHECKING:
    import pandas as pd

EXACT, CONFLICTING, RESIDUAL = "exact", "conflict", "residual"


def judged(records: pd.DataFrame) -> pd.DataFrame:
    """The records with is_link, is_right; is_wanted (a link to be made), sort, is_found, is_suggested (rightly);
    first (row of the person's first record) and owner (true id of whose person the cluster is, 0 none). `records` come
    in the order of rank (records.py)."""
    import pandas as pd

    every = records.reset_index(drop=True)
    in_cluster = every["cluster"] >= 0
    begins = in_cluster & ~every["cluster"].duplicated()
    owners = pd.Series(every.loc[begins, "true_id"].to_numpy(), index=every.loc[begins, "cluster"].to_numpy())
    every["owner"] = every["cluster"].map(owners).fillna(0).astype("int64")
    every["is_link"] = in_cluster & ~begins
    every["is_right"] = every["is_link"] & (every["owner"] == every["true_id"])

    first = _first_records(every)
    every["first"] = every["true_id"].map(first).fillna(-1).astype("int64")
    home = every["cluster"].reindex(every["first"]).to_numpy()
    every["is_wanted"] = every["of_universe"] & (every["first"] != every.index)
    at_home = in_cluster & (every["owner"] == every["true_id"]) & (every["cluster"].to_numpy() == home)
    every["is_found"] = every["is_wanted"] & at_home
    suggested = (every["suggested"] >= 0) & (every["suggested"].to_numpy() == home)
    every["is_suggested"] = every["is_wanted"] & ~every["is_found"] & suggested
    usable, conflict = every["planted"].isin(USABLE), every["planted"] == CONFLICT
    usable &= usable.reindex(every["first"], fill_value=False).to_numpy()
    conflict |= conflict.reindex(every["first"], fill_value=False).to_numpy()
    every["sort"] = np.select([conflict, usable], [CONFLICTING, EXACT], RESIDUAL)
    return every


def _first_records(every: pd.DataFrame) -> pd.Series:
    """True id → row of the person's first record: the first of the person's cluster, else the first delivered."""
    mine = every[every["of_universe"]]
    own = mine[(mine["owner"] == mine["true_id"]) & (mine["cluster"] >= 0)]
    opens = own.drop_duplicates(["true_id", "cluster"]).reset_index(names="row")
    opens["usable"] = opens["planted"].isin(USABLE)
    sizes = own.groupby(["true_id", "cluster"], sort=False).size().rename("size").reset_index()
    # Of two clusters as large, the one that a sound number opens; then the one that ranks first.
    best = opens.merge(sizes, on=["true_id", "cluster"]).sort_values(
        ["true_id", "size", "usable", "row"], ascending=[True, False, False, True], kind="stable"
    )
    chosen = best.drop_duplicates("true_id").set_index("true_id")["row"]
    everybody = mine.reset_index(names="row").drop_duplicates("true_id").set_index("true_id")["row"]
    return chosen.combine_first(everybody).astype("int64")
