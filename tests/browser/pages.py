"""What every page is looked at for, at a desk and on a phone, by day and by night."""

from collections.abc import Sequence

from playwright.async_api import Browser

from tests.browser.visitor import Scheme, visit

_LOOKS: tuple[tuple[str, bool, Scheme], ...] = (
    ("desktop-light", False, "light"),
    ("phone-dark", True, "dark"),
)


async def look_at(browser: Browser, origin: str, pages: Sequence[tuple[str, str]]) -> None:
    """Open pages, by name and path, and ask axe about each; leave pictures of them all.

    Each is looked at twice: at a desk in light colours, and on a phone in dark ones, so that all four are seen.
    """
    faults: list[str] = []
    for look, is_phone, scheme in _LOOKS:
        async with visit(browser, origin, phone=is_phone, scheme=scheme) as visitor:
            for name, path in pages:
                await visitor.open(path)
                await visitor.keep_picture(f"{name}-{look}")
                faults += [f"{name}, {look}: {fault}" for fault in await visitor.examine()]
                if await visitor.has_overflow():
                    faults.append(f"{name}, {look}: wider than the window")
    assert not faults, "\n".join(faults)
