"""Where the binary of this installation is."""

import os
import sysconfig


def find_dialform() -> str:
    """The path of the binary; FileNotFoundError where it is missing."""
    name = "dialform" + (sysconfig.get_config_var("EXE") or "")
    here = os.path.dirname(os.path.abspath(__file__))
    user = "nt_user" if os.name == "nt" else "posix_user"
    folders = [
        sysconfig.get_path("scripts"),
        sysconfig.get_path("scripts", scheme=user),
        # `pip install --target FOLDER` puts it beside the packages.
        os.path.join(os.path.dirname(here), "bin"),
    ]
    for folder in folders:
        path = os.path.join(folder, name)
        if os.path.isfile(path):
            return path
    tried = ", ".join(folders)
    raise FileNotFoundError(
        f"the binary of dialform is in none of {tried}; install it again with `pip install --force-reinstall dialform`"
    )
