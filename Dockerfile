# One image for every service of docker-compose.yml but PostgreSQL. Build it from a clone, with .git in place:
#   docker compose build
FROM python:3.11.14-slim-bookworm AS packages
ENV UV_LINK_MODE=copy UV_PYTHON_DOWNLOADS=never
RUN python -m venv /opt/uv && /opt/uv/bin/pip install --no-cache-dir --quiet uv==0.13.9
WORKDIR /build
# requirements-auth.lock is the office's own: the packages of its auth manager, hashed (docs/runbook.md). It may be absent.
COPY pyproject.toml requirements.lock requirements-auth.loc[k] ./
RUN /opt/uv/bin/uv venv --quiet /opt/venv \
    && /opt/uv/bin/uv pip sync --quiet --no-cache --compile-bytecode --require-hashes --python /opt/venv/bin/python requirements.lock
# The lock also holds what tests and checks need; a server has no use for it.
RUN python -c 'import re, tomllib; dev = tomllib.load(open("pyproject.toml", "rb"))["project"]["optional-dependencies"]["dev"]; \
print("\n".join(re.match(r"[\w.-]+", line)[0] for line in dev))' > dev.txt \
    && /opt/uv/bin/uv pip uninstall --quiet --python /opt/venv/bin/python --requirement dev.txt \
    && if [ -f requirements-auth.lock ]; then \
         /opt/uv/bin/uv pip install --quiet --no-cache --compile-bytecode --require-hashes --python /opt/venv/bin/python --requirement requirements-auth.lock; \
       fi \
    && /opt/uv/bin/uv pip check --quiet --python /opt/venv/bin/python

FROM python:3.11.14-slim-bookworm
# git answers which commit a release was computed with, and `bidui rebuild` checks that commit out again: hence .git too.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends git \
    && rm -rf /var/lib/apt/lists/* \
    && git config --system --add safe.directory /opt/bidui \
    && python -m pip uninstall --quiet --yes --root-user-action=ignore pip setuptools wheel \
    && groupadd --gid 10001 bidui \
    && useradd --uid 10001 --gid bidui --no-create-home --home-dir /tmp --shell /usr/sbin/nologin bidui
COPY --from=packages /opt/venv /opt/venv
# Everything under version control, tests too: a missing file would make every release one of changed code.
COPY . /opt/bidui
ENV PATH=/opt/venv/bin:$PATH PYTHONPATH=/opt/bidui HOME=/tmp TZ=Asia/Shanghai
WORKDIR /opt/bidui
# A volume takes its owner from the folder it first covers. Java's shim is made here because containers write nowhere else.
RUN git rev-parse --verify HEAD > /dev/null \
    && python -m compileall -q pipelines dags expectations \
    && printf '#!/bin/sh\nexec python -m pipelines.cli "$@"\n' > /usr/local/bin/bidui && chmod 755 /usr/local/bin/bidui \
    && python -c 'from pathlib import Path; from pipelines.engines.java import java_home; java_home(Path("/opt/spark"))' \
    && install --directory --owner=bidui --group=bidui --mode=0750 /var/lib/bidui \
    && for folder in airflow data-docs lake landing logs receipts reference scratch; do \
         install --directory --owner=bidui --group=bidui --mode=0750 "/var/lib/bidui/$folder"; \
       done
USER 10001:10001
CMD ["bidui", "--help"]
