"""The local stack of one machine: PostgreSQL and Airflow as plain processes, for ``make demo``, ``make up`` and tests.

Production uses any PostgreSQL ≥ 15 and any Airflow (see docker-compose.yml); nothing else in pipelines needs this room.
"""
