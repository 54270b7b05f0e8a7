"""`make bench`: every benchmark, one after the other."""

from __future__ import annotations

from benchmarks import medical, sample_province, workbook

for benchmark in (medical, workbook, sample_province):
    print(benchmark.run(), flush=True)
