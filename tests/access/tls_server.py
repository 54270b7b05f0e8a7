"""Debian's PostgreSQL as docker-compose.yml starts it: the same settings, the same lines of who may connect, TLS."""

from __future__ import annotations

import datetime as dt
import ipaddress
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import yaml
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

CHECKOUT = Path(__file__).resolve().parents[2]
SUPERUSER, PASSWORD = "postgres", "superuser-of-this-test"


def programs() -> Path | None:
    """The folder of the newest PostgreSQL that Debian installed, if there is one."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: int(path.parts[-3]))
    return found[-1].parent if found else None


def outside_address() -> str | None:
    """An IPv4 address of this machine that is not loopback."""
    addresses = (
        one.address for every in psutil.net_if_addrs().values() for one in every if one.family == socket.AF_INET
    )
    return next((address for address in addresses if not ipaddress.ip_address(address).is_loopback), None)


def services() -> dict[str, Any]:
    """The services of docker-compose.yml as they are written."""
    return dict(yaml.safe_load((CHECKOUT / "docker-compose.yml").read_text(encoding="utf-8"))["services"])


def certificates(folder: Path, address: str) -> None:
    """ca.crt, and server.crt and server.key for this address signed by it."""
    authority_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    authority = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"authority {x509.random_serial_number():x}")])
    begins = dt.datetime.now(dt.UTC) - dt.timedelta(days=1)

    def signed(subject: x509.Name, public: ec.EllipticCurvePublicKey, extension: x509.ExtensionType) -> bytes:
        made = x509.CertificateBuilder(
            authority, subject, public, x509.random_serial_number(), begins, begins + dt.timedelta(days=9)
        )
        certificate = made.add_extension(extension, critical=True).sign(authority_key, hashes.SHA256())
        return certificate.public_bytes(serialization.Encoding.PEM)

    named = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(address))])
    server = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, address)])
    (folder / "ca.crt").write_bytes(
        signed(authority, authority_key.public_key(), x509.BasicConstraints(ca=True, path_length=0))
    )
    (folder / "server.crt").write_bytes(signed(server, key.public_key(), named))
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "server.key").write_bytes(private)
    (folder / "server.key").chmod(0o600)


@dataclass
class TlsServer:
    """A running server. `folder` holds its data and certificates."""

    folder: Path
    address: str
    port: int
    process: subprocess.Popen[bytes]

    def stop(self) -> None:
        """End it and remove everything."""
        self.process.send_signal(signal.SIGINT)
        self.process.wait(30)
        shutil.rmtree(self.folder, ignore_errors=True)


def start(address: str) -> TlsServer:
    """Start Debian's PostgreSQL with the command of service postgres; the superuser has PASSWORD."""
    binaries = programs()
    assert binaries is not None
    folder = Path(tempfile.mkdtemp(prefix="bidui-tls-"))
    account = {"user": "postgres", "group": "postgres"} if os.getuid() == 0 else {}
    certificates(folder, address)
    password = folder / "password"
    password.write_text(PASSWORD, encoding="utf-8")
    script = services()["postgres"]["command"][2]
    lines = re.findall(r"'((?:local|host|hostssl) [^']*)'", script)
    assert len(lines) == 3, lines
    (folder / "pg_hba.conf").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    if account:
        for path in (folder, *folder.iterdir()):
            shutil.chown(path, "postgres", "postgres")
    data = folder / "data"
    options = ["--auth=scram-sha-256", "--data-checksums", "--encoding=UTF8", "--locale=C", f"--username={SUPERUSER}"]
    initdb = [binaries / "initdb", "-D", data, f"--pwfile={password}", *options]
    subprocess.run(initdb, cwd=folder, capture_output=True, check=True, **account)  # type: ignore[call-overload]
    with socket.socket() as probe:
        probe.bind((address, 0))
        port = int(probe.getsockname()[1])
    here = {
        "hba_file": folder / "pg_hba.conf", "ssl_cert_file": folder / "server.crt", "ssl_key_file": folder / "server.key",
        "log_directory": folder / "server-log", "shared_buffers": "64MB",
        "listen_addresses": f"{address},127.0.0.1", "port": port, "unix_socket_directories": "",
    }  # fmt: skip
    said = dict(
        option.split("=", 1) for option in re.findall(r"-c (?:'([^']*)'|(\S+))", script) for option in option if option
    )
    settings = [word for name, value in {**said, **here}.items() for word in ("-c", f"{name}={value}")]
    log = (folder / "log").open("wb")
    process = subprocess.Popen(
        [binaries / "postgres", "-D", data, *settings], cwd=folder, stdout=log, stderr=log, **account
    )  # type: ignore[call-overload]
    ready = [binaries / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port)]
    for _ in range(100):
        if subprocess.run(ready, check=False).returncode == 0:
            return TlsServer(folder, address, port, process)
        assert process.poll() is None, (folder / "log").read_text(encoding="utf-8")[-2000:]
        time.sleep(0.2)
    raise AssertionError((folder / "log").read_text(encoding="utf-8")[-2000:])
