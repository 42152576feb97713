"""What the documentation site needs beyond its pages; mkdocs calls these functions by name.

Pages link to files of the repository as they lie there, which is outside the site; these files go along with it. And
a page that would fetch anything from elsewhere when it is read ends the build.
"""

import posixpath
import re
from pathlib import Path
from typing import Any

from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File, Files

ROOT = Path(__file__).resolve().parent.parent

_LINK = re.compile(r"(?<=\]\()[^)#\s:]+")
_ORIGIN = re.compile(r"\A<!--.*?-->\s*", flags=re.DOTALL)
"""The note on a page that is made from the code; after it, mkdocs would not find the page's title."""

_FETCHED = re.compile(r"<(?:script|img|link|iframe|source)\b[^>]*\b(?:src|href)=\"(?:https?:)?//[^\"]*\"")


def outside_files(page: str, markdown: str) -> dict[str, str]:
    """Return the links of a page below `docs` that lead out of it, and the paths in the repository that they name."""
    folder = posixpath.join("docs", posixpath.dirname(page))
    paths = {link: posixpath.normpath(posixpath.join(folder, link)) for link in _LINK.findall(markdown)}
    return {link: path for link, path in paths.items() if not path.startswith("docs/")}


def on_files(files: Files, *, config: Any) -> Files:
    """Add what pages link to outside `docs`; a link to what is not there is left to the checks of mkdocs."""
    for page in files.documentation_pages():
        for path in outside_files(page.src_uri, page.content_string).values():
            if (ROOT / path).is_file() and path not in files.src_uris:
                files.append(File.generated(config, path, abs_src_path=str(ROOT / path)))
    return files


def on_page_markdown(markdown: str, *, page: Any, files: Files, **_: Any) -> str:
    """Have links to files outside `docs` lead to where they lie in the site, and a page begin with its title."""
    folder = posixpath.dirname(page.file.src_uri)
    for link, path in outside_files(page.file.src_uri, markdown).items():
        if path in files.src_uris:
            markdown = markdown.replace(f"]({link}", f"]({posixpath.relpath(path, folder)}")
    return _ORIGIN.sub("", markdown)


def on_post_page(output: str, *, page: Any, **_: Any) -> str:
    """Refuse a page that fetches something from another place.

    Raises:
        PluginError: it does.
    """
    if found := _FETCHED.search(output):
        raise PluginError(f"{page.file.src_uri} fetches from elsewhere: {found.group()}")
    return output
