"""The entry point of a production server, and of the `flask` commands."""

from portal import create_app
from portal.cli import CommandError
from portal.config import ConfigError

try:
    app = create_app()
except ConfigError as error:
    raise CommandError(str(error)) from None
except OSError as error:
    raise CommandError(f"The instance folder cannot be used ({error.strerror}).") from None
