"""`make bench`: every benchmark, one after the other."""

from __future__ import annotations

from benchmarks import sample_province

for benchmark in (sample_province,):
    print(benchmark.run(), flush=True)
