"""Rasa Open Source looks for plugins in one module of this name and nowhere else; this one registers Signpost's."""

import sys
from pathlib import Path

import pluggy


def init_hooks(manager: pluggy.PluginManager) -> None:
    """Called by Rasa before it reads its command line."""
    # Rasa puts the working directory on the path only later.
    sys.path.insert(1, str(Path.cwd()))
    from signpost import rasa_plugin

    manager.register(rasa_plugin)
