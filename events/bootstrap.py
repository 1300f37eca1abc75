"""From a fresh clone to a running Kepu, with the standard library alone; start at `main`.

`python3 app.py` comes here by path, before any package is imported. An old Python must get a
sentence and no traceback, so this file keeps to what Python 3.6 can parse.
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - the sentence is for older ones
    sys.exit(
        "Kepu needs Python 3.11 or newer; this is Python %d.%d. "  # noqa: UP031
        "Install a newer one and start with it, for example: python3.11 app.py"
        % sys.version_info[:2]
    )

import contextlib
import errno
import hashlib
import os
import re
import runpy
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple, TextIO

ROOT = Path(__file__).resolve().parent.parent
HELP = """\
python3 app.py               set up what is missing, then run Kepu: web pages and worker
python3 app.py setup         set up only: packages and the pages' libraries, into .venv;
                             and the planner's machine code, so that no first plan waits for it
python3 app.py test [...]    run the tests; what follows goes to pytest
python3 app.py --help        this

Settings come from the environment, for example KEPU_PORT=8001 (docs/settings.md has them all).
Unless .venv is ready, a Python that has everything in requirements.txt is used as it is.
"""
MISUSE = 2
TRUSTS_SYSTEM_SINCE = (24, 2)  # pip, by truststore
CERTIFICATE_VARIABLES = ("PIP_CERT", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
UNFINISHED = "unfinished"
NOT_SOURCES = {"node_modules", "dist", "__pycache__"}
BUNDLES = (
    "/etc/ssl/certs/ca-certificates.crt",  # Debian, Ubuntu, Arch, Alpine
    "/etc/pki/tls/certs/ca-bundle.crt",  # Fedora, openEuler, Anolis
    "/etc/ssl/ca-bundle.pem",  # openSUSE
    "/etc/ssl/cert.pem",  # macOS, BSD
)
PHASES = (
    (r"\s*Installing build dependencies", "Fetching Node for the pages' libraries"),
    (r"\s*Preparing metadata", "Building the pages' libraries"),
    (r"Collecting ", "Downloading the packages of requirements.txt"),
    (r"Installing collected packages", "Installing"),
)
FETCHED = (  # the name of a file of pip's, not of its metadata
    r"\s*(?:Downloading|Using cached|Processing) (?:\S*/)?"
    r"([A-Za-z]\w*)-\d\S*\.(?:whl|tar\.gz)(?!\.)"
)
WIDTH = 78
NO_NETWORK = (
    r"NameResolution|name resolution|NewConnection|(Connect|Read)Timeout|timed out|ProxyError"
    r"|Connection (refused|reset|aborted)|No matching distribution|unreachable"
)
ADVICE = (
    (r"No space left|Errno 28", "Free some disk space (about 1.5 GB is needed), then try again."),
    (
        r"CERTIFICATE_VERIFY_FAILED|SSLError",
        "A proxy seems to replace certificates: name its file (PIP_CERT=ca.pem), then try again.",
    ),
    (
        NO_NETWORK,
        (
            "Check the network; behind a firewall name a mirror (PIP_INDEX_URL=https://...) or a "
            "proxy (HTTPS_PROXY=http://...), then try again."
        ),
    ),
    (
        r"Permission denied|Read-only file system",
        "Make this folder writable for you, then try again.",
    ),
)
LAST_RESORT = "Read the log, then try again."
WRAPPERS = r"error: (subprocess-exited|metadata-gen|Failed to build)"  # what was wrong stands above


class Refused(Exception):
    """What a person reads when it cannot go on; status is the exit status."""

    def __init__(self, sentence: str, *, status: int = 1) -> None:
        super().__init__(sentence)
        self.status = status


class Requirement(NamedTuple):
    """One line of requirements.txt; version None: any."""

    name: str
    extras: tuple[str, ...]
    version: str | None


def main(argv: Sequence[str]) -> int:
    """Do what `python3 app.py ...` asks; argv as in sys.argv. Returns the exit status."""
    verb, *rest = argv[1:] or ["run"]
    if verb in {"--help", "-h"}:
        print(HELP, end="")
        return 0
    verbs: dict[str, Callable[[], int]] = {"run": run, "setup": setup, "test": lambda: test(rest)}
    if verb not in verbs or (rest and verb != "test"):
        odd = rest[0] if verb in verbs else verb
        print(f"Kepu does not know {odd!r}; see: python3 app.py --help", file=sys.stderr)
        return MISUSE
    try:
        return verbs[verb]()
    except Refused as refused:
        print(refused, file=sys.stderr)
        return refused.status
    except KeyboardInterrupt:
        print("\nInterrupted.", file=sys.stderr)
        return 128 + signal.SIGINT


def run() -> int:
    """Set up what is missing, then run the web server and the worker until told to stop."""
    check_port_is_free(*address())
    python = ready_python(ROOT)
    sys.stdout.flush()
    supervisor = runpy.run_path(str(ROOT / "events" / "supervise.py"))
    status: int = supervisor["supervise"](supervisor["parts"](python))
    return status


def setup() -> int:
    """Set up what is missing and say which Python has it all."""
    python = ready_python(ROOT)
    _prepare_planner(python)
    print(f"Everything is in place: {python}")
    return 0


def test(arguments: Sequence[str]) -> int:
    """Run pytest with `arguments`, in the project's folder. Returns pytest's exit status."""
    python = ready_python(ROOT)
    _prepare_planner(python)
    return _become([python, "-m", "pytest", *arguments])


def _prepare_planner(python: str) -> None:
    """Have the planner's machine code made, where none is yet; it says how long that takes."""
    sys.stdout.flush()
    alone = str(ROOT / "events" / "planning" / "alone.py")
    subprocess.run([python, "-P", alone, "prepare"], check=False, stderr=subprocess.DEVNULL)


def _become(command: list[str]) -> int:
    """Go on as `command` in the project's folder: signals and exit status are then its own."""
    os.chdir(ROOT)
    sys.stdout.flush()
    if os.name == "posix":
        os.execv(command[0], command)  # noqa: S606 - no shell is wanted
    return subprocess.call(command)


# -- which Python has everything -------------------------------------------------------------------


def ready_python(root: Path) -> str:
    """Path of a Python that has all of requirements.txt, set up first when there is none.

    Raises Refused with a sentence when the set-up fails.
    """
    if _stamped(root) and _is_up_to_date(root, stamp(root)):
        return str(_venv_python(root))
    is_our_own = Path(sys.prefix) == root / ".venv"  # then the stamp knew better
    if not is_our_own and not unmet_problems(read_requirements(root)):
        return sys.executable
    return str(set_up(root))


def read_requirements(root: Path) -> list[Requirement]:
    """The lines of requirements.txt; a folder stands for the package and version it builds."""
    lines = (line.split("#")[0].strip() for line in _text(root / "requirements.txt").splitlines())
    return [_requirement(root, line) for line in lines if line and not line.startswith("-")]


def unmet_problems(requirements: Iterable[Requirement]) -> list[str]:
    """What the running Python lacks, one text each; stops at the first (they are many)."""
    for wanted in requirements:
        found = _version_of(wanted.name)
        if found is None:
            return [f"{wanted.name} is missing"]
        if wanted.version not in {None, found}:
            return [f"{wanted.name} is {found}, not {wanted.version}"]
        for extra in wanted.extras:
            missing = [
                name for name in _names_of_extra(wanted.name, extra) if not _version_of(name)
            ]
            if missing:
                return [f"{missing[0]} is missing, of {wanted.name}[{extra}]"]
    return []


def stamp(root: Path) -> str:
    """Digest of all that the set-up depends on: Python, requirements.txt, events/webui."""
    digest = hashlib.sha256(str(sys.implementation.cache_tag).encode())
    for path in [root / "requirements.txt", *_webui_sources(root)]:
        digest.update(f"\0{path.relative_to(root).as_posix()}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _requirement(root: Path, line: str) -> Requirement:
    if line.startswith("."):
        about = _text(root / line / "pyproject.toml")
        name, version = (_quoted(about, key) for key in ("name", "version"))
        return Requirement(name, (), version)
    match = re.match(r"([\w.-]+)\s*(?:\[([^\]]*)\])?\s*(?:==\s*([^\s;]+))?", line)
    if not match:
        raise Refused(f"requirements.txt has a line that Kepu cannot read: {line}")
    extras = tuple(extra.strip() for extra in (match[2] or "").split(",") if extra.strip())
    return Requirement(match[1], extras, match[3])


def _quoted(text: str, key: str) -> str:
    match = re.search(rf'^{key} = "([^"]+)"', text, re.MULTILINE)
    return match[1] if match else ""


def _version_of(name: str) -> str | None:
    from importlib import metadata  # noqa: PLC0415 - slow, and asked only where there is no .venv

    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _names_of_extra(name: str, extra: str) -> list[str]:
    from importlib import metadata  # noqa: PLC0415 - as above

    marker = re.compile(rf"extra\s*==\s*['\"]{re.escape(extra)}['\"]")
    lines = [line for line in metadata.requires(name) or [] if marker.search(line)]
    return [match[0] for match in (re.match(r"[\w.-]+", line) for line in lines) if match]


def _webui_sources(root: Path) -> list[Path]:
    found = []
    for folder, folders, files in os.walk(root / "events" / "webui"):
        folders[:] = [name for name in folders if name not in NOT_SOURCES]
        found += [Path(folder, name) for name in files if not name.endswith(".md")]
    return sorted(found)


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


# -- set-up ----------------------------------------------------------------------------------------


def set_up(root: Path) -> Path:
    """Bring `.venv` in `root` up to date and return its Python; at once when nothing changed.

    One set-up at a time: a second one waits, then finds the work done. Whatever interrupts it,
    the next call mends the half-made `.venv`. Raises Refused with a sentence.
    """
    try:
        wanted = stamp(root)
        if not _is_up_to_date(root, wanted):
            with _only_one(root):
                if not _is_up_to_date(root, wanted):
                    _make(root, wanted)
    except OSError as error:
        raise Refused("\n".join([f"The set-up stopped: {error}", *_advice(str(error))])) from error
    return _venv_python(root)


def _is_up_to_date(root: Path, wanted: str) -> bool:
    return _stamped(root) == wanted and _venv_python(root).exists()


def _make(root: Path, wanted: str) -> None:
    progress = Progress()
    _make_venv(root, progress)
    _stamp_path(root).write_text(UNFINISHED)
    _install(root, progress)
    _compile(root, progress)
    fresh = _stamp_path(root).with_suffix(".new")
    fresh.write_text(wanted)
    fresh.replace(_stamp_path(root))
    progress.say("Set up")


class Progress:
    """What the set-up is doing: a line for each phase, below it the names of what arrives."""

    def __init__(self) -> None:
        self._started = time.monotonic()
        self._line = ""

    def say(self, phase: str) -> None:
        """Begin a phase."""
        self.end_line()
        print(f"[{time.monotonic() - self._started:4.0f} s] {phase}", flush=True)

    def name(self, package: str) -> None:
        """Something has arrived."""
        if len(self._line) + len(package) >= WIDTH:
            self.end_line()
        word = f" {package}" if self._line else f"{'':9}{package}"
        self._line += word
        print(word, end="", flush=True)

    def end_line(self) -> None:
        """Let others print."""
        if self._line:
            print(flush=True)
        self._line = ""


def _make_venv(root: Path, progress: Progress) -> None:
    if _stamped(root) != UNFINISHED and _pip_of(_venv_python(root)):
        return
    progress.say("Making .venv")
    # --clear: what an interrupted set-up or another Python left behind cannot be trusted
    command = [_base_python(), "-m", "venv", "--clear", str(root / ".venv")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode == 0:
        return
    output = (done.stdout + done.stderr).strip()
    if "ensurepip" in output:
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        raise Refused(
            "This Python cannot make a virtual environment. Install what it lacks and try again:\n"
            f"sudo apt install python3-venv    (or python{version}-venv)"
        )
    raise Refused("\n".join([f"Making .venv failed: {output}", *_advice(output)]))


def _base_python() -> str:
    """The Python that a venv is made from, also when we run in a venv ourselves."""
    return str(getattr(sys, "_base_executable", "") or sys.executable)


def _pip_of(python: Path) -> tuple[int, int] | None:
    """Version of the pip that `python` has; None unless it is a Python of our version."""
    code = "import sys, pip; print(sys.implementation.cache_tag, pip.__version__)"
    try:
        done = subprocess.run(
            [str(python), "-c", code], capture_output=True, text=True, check=False
        )
    except OSError:
        return None
    match = re.match(rf"{sys.implementation.cache_tag} (\d+)\.(\d+)", done.stdout)
    return (int(match[1]), int(match[2])) if match else None


def _install(root: Path, progress: Progress) -> None:
    python, log_path = _venv_python(root), root / ".venv" / "setup.log"
    command = [str(python), "-m", "pip", "install", "--no-compile", "-r", "requirements.txt"]
    with log_path.open("w", encoding="utf-8") as log:
        process = subprocess.Popen(
            command,
            cwd=root,
            env=pip_environment(os.environ, trusts_system=_trusts_system(python)),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
        try:
            _follow(process.stdout, log, progress)
        finally:
            progress.end_line()
            process.stdout.close() if process.stdout else None
            status = process.wait()
    if status:
        raise Refused(failure(_text(log_path), log_path))


def _compile(root: Path, progress: Progress) -> None:
    """Byte-code for all of it at once, on all processors: no start need wait, nor write it."""
    progress.say("Preparing for a quick start")
    python = _venv_python(root)
    library = next(iter((root / ".venv").glob("[Ll]ib*/**/site-packages")), root / ".venv")
    command = [str(python), "-m", "compileall", "-q", "-j", "0"]
    command += [str(library), str(root / "app.py"), str(root / "events")]
    subprocess.run(command, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _follow(output: Iterable[str] | None, log: TextIO, progress: Progress) -> None:
    unsaid, named = list(PHASES), set()
    for line in output or ():
        log.write(line)
        log.flush()
        for begun in [phase for phase in unsaid if re.match(phase[0], line)]:
            unsaid.remove(begun)
            progress.say(begun[1])
        fetched = re.match(FETCHED, line)
        if fetched and fetched[1] not in named:
            named.add(fetched[1])
            progress.name(fetched[1].replace("_", "-").lower())


def failure(log: str, log_path: Path) -> str:
    """What to print when pip failed: the line that matters, what to do, where the rest is."""
    lines = [line.strip(" │╰─>") for line in log.splitlines()]
    own = [line for line in lines if line.startswith("kepu-webui:")]
    errors = own or [line for line in lines if re.match(r"(error|fatal)\b", line, re.IGNORECASE)]
    told = [line for line in errors if not re.match(WRAPPERS, line, re.IGNORECASE)] or errors
    what = told[-1] if told else (lines or ["pip said nothing"])[-1]
    advice = [] if own else (_advice(log) or [LAST_RESORT])
    return "\n".join([f"The set-up failed: {what}", *advice, f"The whole log: {log_path}"])


def _advice(text: str) -> list[str]:
    return [advice for pattern, advice in ADVICE if re.search(pattern, text)][:1]


def pip_environment(env: Mapping[str, str], *, trusts_system: bool) -> dict[str, str]:
    """The environment for pip: `env`, and trust in the system's certificates.

    An older pip trusts only its own list, so a proxy that inspects would stop it. What the user
    chose by a variable of pip, requests or curl stays.
    """
    ours = dict(env, PIP_DISABLE_PIP_VERSION_CHECK="1", PIP_NO_INPUT="1", PYTHONUNBUFFERED="1")
    ours["PIP_USER"] = "0"  # a venv refuses what some systems set for all
    is_chosen = any(env.get(name) for name in CERTIFICATE_VARIABLES)
    bundle = _system_bundle()
    if bundle and not is_chosen and not trusts_system:
        ours["PIP_CERT"] = bundle
    if not os.access(os.path.expanduser("~"), os.W_OK):
        ours.setdefault("PIP_NO_CACHE_DIR", "1")
    return ours


def _trusts_system(python: Path) -> bool:
    """Whether this pip asks the system, or pip.conf names a file of certificates."""
    asked = [str(python), "-m", "pip", "config", "get", "global.cert"]
    return (_pip_of(python) or (0, 0)) >= TRUSTS_SYSTEM_SINCE or not subprocess.run(
        asked, capture_output=True, check=False
    ).returncode


def _system_bundle() -> str | None:
    import ssl  # noqa: PLC0415 - only a set-up needs it

    candidates = [ssl.get_default_verify_paths().cafile, *BUNDLES]
    return next((path for path in candidates if path and os.access(path, os.R_OK)), None)


@contextlib.contextmanager
def _only_one(root: Path) -> Iterator[None]:
    """Hold a lock that the system drops when this process ends, however it ends."""
    try:
        import fcntl  # noqa: PLC0415 - not on Windows, where two set-ups at once are on their own
    except ImportError:
        yield
        return
    with (root / "requirements.txt").open() as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("Another set-up is at work in this folder; waiting for it.", flush=True)
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _venv_python(root: Path) -> Path:
    return root / ".venv" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def _stamp_path(root: Path) -> Path:
    return root / ".venv" / "kepu-stamp"


def _stamped(root: Path) -> str | None:
    try:
        return _text(_stamp_path(root))
    except OSError:
        return None


# -- where to listen -------------------------------------------------------------------------------


def address() -> tuple[str, int]:
    """(host, port) to listen on. Raises Refused when any setting cannot be used."""
    config = runpy.run_path(str(ROOT / "events" / "config.py"))  # the standard library does
    try:
        settings = config["Settings"].from_environment()
    except config["Misconfigured"] as fault:
        raise Refused(str(fault), status=MISUSE) from fault
    return settings.host, settings.port


def check_port_is_free(host: str, port: int) -> None:
    """Raise Refused, with what to type instead, when nothing can listen on host and port."""
    other = f"KEPU_PORT={port + 1 if port < 65535 else 8000}"
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, kind, proto, _, where = found[0]
        with socket.socket(family, kind, proto) as listener:
            if os.name == "posix":  # else a connection just closed would look like a taken port
                listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(where)
    except OSError as error:
        is_about_host = isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL
        what, instead = ("host", "KEPU_HOST=127.0.0.1") if is_about_host else ("port", other)
        raise Refused(
            f"Kepu cannot listen on {host} port {port} ({error.strerror}). "
            f"Another {what}: {instead} python3 app.py",
            status=MISUSE,
        ) from error
