"""What all migrated tables of the warehouse are registered with."""

from __future__ import annotations

from sqlalchemy import MetaData

metadata = MetaData(schema="ops")
