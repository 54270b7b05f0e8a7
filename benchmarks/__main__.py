"""`make bench`: every benchmark, one after the other; that of linkage where BENCH_SCALE says how large a province."""

from __future__ import annotations

import os

from benchmarks import linkage, medical, publish, sample_province, workbook

BENCHMARKS = [medical, workbook, sample_province, publish]
if "BENCH_SCALE" in os.environ:
    BENCHMARKS.append(linkage)
for benchmark in BENCHMARKS:
    print(benchmark.run(), flush=True)
