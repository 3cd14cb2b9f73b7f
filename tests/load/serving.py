"""What is measured, served as ./run serves the portal: `python -m tests.load.serving MODULE PORT`."""

from __future__ import annotations

import gc
import sys
from importlib import import_module

from portal import config, serve


def main(module: str, port: str) -> None:
    app = import_module(module).app
    settings = {
        name: config.SETTINGS[name].parse(config.SETTINGS[name].default) for name in ("WORKERS", "THREADS")
    }
    gc.freeze()
    serve.serve(app, settings, serve.place("127.0.0.1", int(port)), [])


if __name__ == "__main__":
    main(*sys.argv[1:])
