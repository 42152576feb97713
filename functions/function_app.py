"""What the Functions host loads: the app, over the platform that the environment describes."""

from textnlp.functions.app import build_app
from textnlp.functions.hold import PlatformHold, platform_of_environment

app = build_app(PlatformHold(platform_of_environment))
