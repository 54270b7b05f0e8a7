"""Read by Airflow's scheduler alone (LocalAirflow puts this folder on its path): imports Great Expectations once.

Its import takes six seconds of processor time, and every task is a fork of the scheduler: what the scheduler has
imported, no ingest run imports again. Measured on the sample province, 21 runs: docs/decisions/0005.
"""

from pipelines.quality.validate import prepare

prepare().join()
