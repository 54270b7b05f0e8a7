"""Typed settings, read from the environment once (BIDUI_*)."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, TypeAdapter
from pydantic_settings import BaseSettings, SettingsConfigDict

CHECKOUT = Path(__file__).resolve().parent.parent


class DatabaseViews(BaseModel):
    """How a system is read from its live database instead of files.

    dsn     SQLAlchemy URL of an account that may only read; never shown
    views   table of the delivery (entity) → view, with its schema where it needs one
    sender  who answers for the data
    scope   county codes; empty: the province
    """

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    dsn: SecretStr
    views: dict[str, str] = Field(min_length=1)
    sender: str = Field(min_length=1, max_length=200)
    scope: tuple[str, ...] = ()


class Settings(BaseSettings):
    """Where things lie and which engine runs; each field is the variable BIDUI_<FIELD>."""

    model_config = SettingsConfigDict(
        env_prefix="BIDUI_", env_ignore_empty=True, frozen=True, hide_input_in_errors=True
    )

    home: Path = Field(default=CHECKOUT / ".bidui", description="everything Bidui keeps on this machine")
    landing: Path = Field(default=Path("landing"), description="where senders drop deliveries")
    receipts: Path = Field(default=Path("receipts"), description="receipts, beside landing")
    lake: Path = Field(default=Path("lake"), description="Parquet tables: staged, core, mart")
    docs: Path = Field(default=Path("data-docs"), description="Great Expectations Data Docs")
    logs: Path = Field(default=Path("logs"), description="logs of the local stack")
    database_log: Path = Field(
        default=Path("logs/postgres.log"),
        description="the database server's log and what it was rotated to, or a folder",
    )
    scratch: Path = Field(default=Path("scratch"), description="spill and temporary files")
    reference: Path = Field(default=Path("reference"), description="reference data an office keeps itself")
    warehouse_dsn: str = Field(default="", description="SQLAlchemy URL of the warehouse")
    access_dsn: str = Field(default="", description="SQLAlchemy URL of the account that makes the warehouse's logins")
    pseudonym_keys: SecretStr = Field(
        default=SecretStr(""),
        description="keys of the pseudonyms, the one in use first, blanks between; else the file secrets/pseudonym.keys",
    )
    engine: Literal["duckdb", "spark"] = "duckdb"
    spark_master: str = Field(default="local", description="Spark master URL; 'local' uses this machine's threads")
    spark_options: dict[str, str] = Field(default={}, description="more of Spark's configuration, as a JSON object")
    threads: int = Field(default=2, ge=1)
    memory_limit: str = Field(default="4GiB", description="what one engine may hold in memory before it spills")
    postgres_port: int = 5433
    airflow_port: int = 8080
    quiet_minutes: int = Field(default=10, description="a folder this long unchanged without a manifest is answered")
    template_quiet_seconds: int = Field(default=20, description="a filled template this long unchanged is received")
    settle_minutes: int = Field(default=60, description="an incomplete quarter past its day waits this long for more")
    databases: dict[str, DatabaseViews] = Field(
        default={}, description="systems read from live databases, as JSON; else the file secrets/databases.json"
    )
    webhook_url: str = Field(default="", description="alerts are posted here as JSON; empty: none")

    def model_post_init(self, _context: object) -> None:
        home = self.home.expanduser().resolve()
        object.__setattr__(self, "home", home)
        for name in ("landing", "receipts", "lake", "docs", "logs", "database_log", "scratch", "reference"):
            object.__setattr__(self, name, home / getattr(self, name))
        for name in ("warehouse", "access"):
            dsn_file = self.secrets / f"{name}.dsn"
            if not getattr(self, f"{name}_dsn") and dsn_file.is_file():
                object.__setattr__(self, f"{name}_dsn", dsn_file.read_text().strip())
        views_file = self.secrets / "databases.json"
        if not self.databases and views_file.is_file():
            hidden = ConfigDict(hide_input_in_errors=True)
            views = TypeAdapter(dict[str, DatabaseViews], config=hidden).validate_json(views_file.read_bytes())
            object.__setattr__(self, "databases", views)

    @property
    def secrets(self) -> Path:
        return self.home / "secrets"


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The settings of this process; `settings.cache_clear()` after the environment changed (tests only)."""
    return Settings()
