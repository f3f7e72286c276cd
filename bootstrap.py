"""Builds the project's own virtual environment, once per lock file, and starts commands inside it.

Needs nothing but Python 3.11 or newer and pip. The environment lies in `.venv` beside this file and
is made without ensurepip, so it works where the system's pip may not touch the system's Python
(PEP 668) and where Debian ships venv and pip apart.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent
RUNTIME_LOCK = "requirements.lock"
DEVELOPMENT_LOCK = "requirements-dev.lock"


def ensure_environment(lock_name: str) -> Path:
    """Return the interpreter of an environment that holds exactly what the named lock file pins.

    Raises SystemExit with a sentence for people when Python is too old or pip is missing or fails.
    """
    if sys.version_info < (3, 11):  # noqa: UP036 - it is run by whatever Python there is
        sys.exit(f"Pencere needs Python 3.11 or newer; this is {sys.version.split()[0]} ({sys.executable}).")
    environment = ROOT / ".venv"
    with (ROOT / ".venv.lock").open("w") as guard:
        fcntl.flock(guard, fcntl.LOCK_EX)
        python = environment / "bin" / "python"
        if not (python.exists() and _satisfies(environment, lock_name)):
            _build(environment, python, lock_name)
    return python


def run(python: Path, *arguments: str) -> NoReturn:
    """Replace this process by the environment's interpreter with the given arguments."""
    os.execv(python, [str(python), *arguments])  # noqa: S606 - no shell is the point


def _fingerprint(lock_name: str) -> str:
    return hashlib.sha256((ROOT / lock_name).read_bytes()).hexdigest()


def _satisfies(environment: Path, lock_name: str) -> bool:
    """Tell whether the environment was last built from this lock, or from the larger one that includes it."""
    stamp = environment / "pencere-lock"
    built = stamp.read_text().split() if stamp.exists() else []
    return _fingerprint(lock_name) in built


def _build(environment: Path, python: Path, lock_name: str) -> None:
    print(f"Setting up {environment} from {lock_name} (once) ...", file=sys.stderr)
    if not python.exists():
        shutil.rmtree(environment, ignore_errors=True)
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(environment)], check=True)
    stamp = environment / "pencere-lock"
    stamp.unlink(missing_ok=True)
    install = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet"]
    install += ["--disable-pip-version-check", "--require-hashes", "--only-binary", ":all:"]
    installed = subprocess.run([*install, "-r", str(ROOT / lock_name)], check=False)
    if installed.returncode != 0:
        sys.exit(f"pip could not install {lock_name}; its own message stands above. Nothing else was changed.")
    packages = next((environment / "lib").glob("python3*/site-packages"))
    (packages / "pencere-checkout.pth").write_text(f"{ROOT}\n")
    locks = {RUNTIME_LOCK, lock_name}
    stamp.write_text("\n".join(_fingerprint(name) for name in sorted(locks)))
