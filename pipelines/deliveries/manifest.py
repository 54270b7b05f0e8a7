"""The manifest of a delivery, its JSON Schema, and making a delivery from plain files."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from pipelines.deliveries.places import placeless
from pipelines.deliveries.readers import encodings, read
from pipelines.deliveries.reasons import Reason, Refused
from pipelines.deliveries.scope import scope_label, scope_units
from pipelines.errors import ContractBreach
from pipelines.identity.id_numbers import names_somebody
from pipelines.periods import Quarter
from pipelines.sources import SOURCES

MANIFEST = "manifest.json"
SCHEMA_FILE = Path(__file__).resolve().parents[2] / "docs" / "delivery.schema.json"
_BLOCK_BYTES = 1 << 20
# Names stand in receipts and the ledger, which hold nobody's data.
ID_NUMBER_IN_NAME = Reason(
    "id_number_in_name",
    "文件名、工作表名或清单中的名称含有证件号码。",
    "这些名称会写进回执和台账,不得含个人信息;请改名后放进新的文件夹重新报送。",
    "The name of a file or sheet, or a word of the manifest, holds an ID number.",
    "Such names stand in receipts and the ledger: change it, and send in a new folder.",
)
ENCODING_WORDS = Literal["utf-8", "utf-8-sig", "gb18030", "gbk", "gb2312", "utf-16", "binary"]


class DeliveredFile(BaseModel):
    """One data file of a delivery."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    name: str = Field(description="文件名,不含路径 · file name without any path", min_length=1, max_length=200)
    table: str = Field(description="数据表,见数据字典 · entity, as in the dictionary", min_length=1, max_length=100)
    rows: int = Field(description="数据行数,不含标题、表头和合计 · data rows", ge=0, le=10**12)
    bytes: int = Field(description="文件字节数 · size in bytes", ge=0, le=10**15)
    sha256: str = Field(description="文件内容的 SHA-256(小写十六进制)", pattern="^[0-9a-f]{64}$")
    encoding: ENCODING_WORDS = Field(description="文字编码;工作簿写 binary · encoding, workbooks: binary")
    sheets: list[str] = Field(
        default=[],
        description="只读工作簿的这些工作表;空:有该表表头的全部 · only these sheets; empty: all that hold the table",
        max_length=500,
    )


class Manifest(BaseModel):
    """What a delivery says of itself; manifest.json, written last."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    system: str = Field(description="报送系统 · sending system", min_length=1, max_length=100)
    quarter: str = Field(description="所属季度,如 2018Q4 · quarter", pattern="^[0-9]{4}Q[1-4]$")
    scope: Literal["province"] | list[str] = Field(
        description='"province",或六位县区代码、功能区名称的列表 · "province", or county codes and names of 功能区'
    )
    cut_date: str = Field(description="数据截止日,如 2018-12-31 · cut date", pattern="^[0-9]{4}-[0-9]{2}-[0-9]{2}$")
    sender: str = Field(description="报送单位 · sender", min_length=1, max_length=200)
    sequence: int = Field(description="报送序号,更正时加大,大者为准 · the highest one counts", ge=1, le=999_999_999)
    corrects: str = Field(
        default="",
        description="退回更正:被更正的批次名,本批只含改正的行;空:整批报送 · "
        "the delivery of which this one brings corrected rows only; empty: a whole delivery",
        max_length=50,
    )
    files: list[DeliveredFile] = Field(description="数据文件 · data files", min_length=1, max_length=10_000)

    @property
    def words(self) -> tuple[str, ...]:
        """What it says in the sender's own words."""
        names = (name for file in self.files for name in (file.name, file.table, *file.sheets))
        return (self.sender, self.corrects, *([] if isinstance(self.scope, str) else self.scope), *names)


@lru_cache(maxsize=1)
def json_schema() -> dict[str, Any]:
    """The JSON Schema of manifest.json, published as docs/delivery.schema.json."""
    schema = Manifest.model_json_schema()
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["properties"]["scope"]["anyOf"][1] |= {
        "items": {"type": "string", "minLength": 2, "maxLength": 50},
        "minItems": 1,
        "maxItems": 200,
    }
    schema["properties"]["system"]["enum"] = list(SOURCES)
    return schema


def schema_text() -> str:
    """The text of docs/delivery.schema.json."""
    return json.dumps(json_schema(), ensure_ascii=False, indent=2) + "\n"


def write_schema(path: Path = SCHEMA_FILE) -> None:
    """Write the schema; a test fails while the file differs from the declaration."""
    path.write_text(schema_text(), encoding="utf-8")


def parse(text: str) -> Manifest:
    """A manifest from its JSON text. Refused with one reason per fault, in terms of the manifest's own fields."""
    twice: list[str] = []

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        """A JSON object; which of two values of one field counts is nobody's guess."""
        fields = dict(pairs)
        if len(fields) < len(pairs):
            twice.extend(name for name, count in Counter(name for name, _ in pairs).items() if count > 1)
        return fields

    try:
        content = json.loads(text, object_pairs_hook=once)
    except (ValueError, RecursionError) as error:
        where = f"第{error.lineno}行" if isinstance(error, json.JSONDecodeError) else ""
        raise Refused(
            Reason(
                "manifest_not_json",
                f"manifest.json 不是有效的 JSON{'(' + where + ')' if where else ''}。",
                "请用 bidui deliver 重新生成,或检查引号、逗号和括号。",
                "manifest.json is no valid JSON.",
                "Make it with `bidui deliver`, or check quotes, commas and brackets.",
            )
        ) from None
    if twice:
        shown = ("".join(c if c.isprintable() else "?" for c in name) for name in dict.fromkeys(twice[:20]))
        raise Refused(*(_schema_reason(name, "twice") for name in shown))
    from jsonschema import Draft202012Validator

    faults = sorted(Draft202012Validator(json_schema()).iter_errors(content), key=lambda fault: fault.json_path)
    if faults:
        raise Refused(*(_schema_reason(fault.json_path, str(fault.validator)) for fault in faults[:20]))
    try:
        manifest = Manifest.model_validate(content)
    except ValueError:
        raise Refused(_schema_reason("$", "value")) from None
    for word in manifest.words:
        # Half of a surrogate pair and NUL are text to JSON and to no database.
        if any(character < " " or character == "\x7f" or "\ud800" <= character <= "\udfff" for character in word):
            raise Refused(_schema_reason("$.sender / files", "value"))
    return manifest


_VALIDATOR_WORDS = {
    "required": ("缺少必填项", "a required field is missing"),
    "additionalProperties": ("有不认识的字段", "it has an unknown field"),
    "pattern": ("写法不对", "its form is wrong"),
    "enum": ("不在允许的取值中", "it is none of the allowed values"),
    "type": ("类型不对", "its type is wrong"),
    "const": ("类型不对", "its type is wrong"),
    "twice": ("写了两次", "the field is given twice"),
    "anyOf": ("写法不对", "its form is wrong"),
}


def _schema_reason(json_path: str, validator: str) -> Reason:
    zh, en = _VALIDATOR_WORDS.get(validator, ("取值不对", "its value is not allowed"))
    path = json_path.removeprefix("$").lstrip(".")[:120]
    place = "manifest" if not path or names_somebody(path) else path
    return Reason(
        "manifest_schema",
        f"manifest.json 的“{place}”{zh}。",
        "请按 docs/delivery.schema.json 改正,或用 bidui deliver 重新生成清单。",
        f"manifest.json, '{place}': {en}.",
        "Correct it after docs/delivery.schema.json, or make it with `bidui deliver`.",
    )


def sha256_of(path: Path) -> str:
    """SHA-256 of a file, read in blocks."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK_BYTES):
            digest.update(block)
    return digest.hexdigest()


def deliver(
    files: Mapping[str, Sequence[Path]],
    system: str,
    quarter: Quarter,
    scope: Literal["province"] | Sequence[str],
    cut_date: date,
    sender: str,
    sequence: int,
    landing: Path,
) -> Path:
    """Make a delivery folder from plain files (entity → files): data first, the manifest last; the folder's path.

    Files are read as the receiver will read them, so a file that would be refused is refused here (Refused).
    ContractBreach for an unknown system or entity and for a folder that exists with other content; a repeat of the
    same delivery gives the same folder.
    """
    if system not in SOURCES:
        raise ContractBreach(f"no system {system!r}; known: {', '.join(SOURCES)}")
    tables = {table.entity: table for table in SOURCES[system].tables}
    names = (path.name for sent in files.values() for path in sent)
    if any(map(names_somebody, (sender, *names))):  # before a reader says what is wrong with a file, by its name
        raise Refused(ID_NUMBER_IN_NAME)
    described: list[DeliveredFile] = []
    paths: list[Path] = []
    for entity, sent in files.items():
        if entity not in tables:
            raise ContractBreach(f"{system} sends no {entity!r}; known: {', '.join(tables)}")
        for path in sent:
            readings = read(path, tables[entity], day=cut_date)
            if reasons := tuple(placeless(tables[entity], readings, scope_units(scope, quarter)[0])):
                raise Refused(*reasons)
            described.append(
                DeliveredFile.model_validate(
                    {
                        "name": path.name,
                        "table": entity,
                        "rows": sum(reading.counts.rows for reading in readings),
                        "bytes": path.stat().st_size,
                        "sha256": sha256_of(path),
                        "encoding": readings[0].encoding if readings[0].file_name == path.name else encodings.BINARY,
                    }
                )
            )
            paths.append(path)
    if len({path.name.casefold() for path in paths}) < len(paths):
        raise ContractBreach("two files of one delivery have the same name")
    manifest = Manifest(
        system=system,
        quarter=quarter.key,
        scope="province" if scope == "province" else sorted(set(scope)),
        cut_date=cut_date.isoformat(),
        sender=sender,
        sequence=sequence,
        files=described,
    )
    return place(manifest, paths, landing)


def manifest_text(manifest: Manifest) -> str:
    """A manifest as its file says it; what is not said is left out."""
    return json.dumps(manifest.model_dump(exclude_defaults=True), ensure_ascii=False, indent=2) + "\n"


def place(manifest: Manifest, paths: Sequence[Path], landing: Path) -> Path:
    """Copy files and manifest into landing; the folder, which is there whole or not at all.

    A repeat of the same delivery gives the same folder; ContractBreach where it exists with other content. Refused where
    a name in it holds an ID number.
    """
    if any(map(names_somebody, manifest.words)):
        raise Refused(ID_NUMBER_IN_NAME)
    folder = folder_of(landing, manifest.system, Quarter.parse(manifest.quarter), manifest.scope, manifest.sequence)
    if folder.exists():
        there = folder / MANIFEST
        if there.is_file() and there.read_text(encoding="utf-8") == manifest_text(manifest):
            return folder
        raise ContractBreach(f"{folder.name} was delivered before with other content: use a higher sequence")
    with unfinished(folder) as part:
        for path in paths:
            shutil.copyfile(path, part / path.name)
        return seal(part, manifest, folder)


def folder_of(landing: Path, system: str, quarter: Quarter, scope: str | Sequence[str], sequence: int) -> Path:
    """Where in landing a delivery lies that this product makes."""
    return landing / system / f"{quarter.key}-{scope_label(scope, quarter)}-{sequence:03}"


@contextmanager
def unfinished(folder: Path) -> Iterator[Path]:
    """A new hidden folder beside `folder` to put a delivery together in: nobody looks there; gone unless sealed."""
    part = folder.with_name(f".{folder.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    try:
        yield part
    finally:
        shutil.rmtree(part, ignore_errors=True)


def seal(part: Path, manifest: Manifest, folder: Path) -> Path:
    """Write the manifest of an unfinished delivery and show it as `folder`."""
    (part / MANIFEST).write_text(manifest_text(manifest), encoding="utf-8")
    return part.rename(folder)
