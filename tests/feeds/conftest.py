import pytest
from flask import Flask

from tests.cast import Cast
from tests.feeds.world import World


@pytest.fixture
def world(app: Flask, cast: Cast) -> World:
    """Four published lectures and a draft."""
    return World.create(app, cast)
