"""The entry point of a production server, and of the `flask` commands."""

from portal import create_app

app = create_app()
