"""The portal for a WSGI server: connected at import; migrations are run by `oproep migrate` before."""

from config import logging
from config.settings import load
from portal import create_app, set_up

settings = load()
logging.set_up(settings.mode)
set_up.connect(settings)
app = create_app(settings)
