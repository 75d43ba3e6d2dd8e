"""A browser without script: follows redirects, reads forms, presses their buttons."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

ORIGIN = "https://hy.example.cn"


@dataclass
class FormFound:
    """A form of a page: where it goes and what it carries without being filled in."""

    action: str
    method: str = "get"
    hidden: dict[str, str] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[FormFound] = []
        self.text: list[str] = []
        self.title = ""
        self.tag = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.tag = tag
        if tag == "form":
            self.forms.append(FormFound(found.get("action") or "", found.get("method") or "get"))
        name = found.get("name")
        if name and tag in {"button", "input", "select", "textarea"} and self.forms:
            self.forms[-1].names.add(name)
            if found.get("type") == "hidden":
                self.forms[-1].hidden[name] = found.get("value") or ""

    def handle_data(self, data: str) -> None:
        if self.tag == "title":
            self.title += data
        if self.tag != "style":
            self.text.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "title":
            self.tag = ""


class Page:
    """An answer, read."""

    def __init__(self, response: TestResponse) -> None:
        self.response = response
        self.status = response.status_code
        self.path = response.request.path
        self.html = response.get_data(as_text=True)
        reader = _Reader()
        reader.feed(self.html)
        self.forms = reader.forms
        self.title = reader.title.strip()
        self.text = " ".join(" ".join(reader.text).split())

    def form(self, ending: str) -> FormFound:
        """Return the form whose address, without its query, ends so; first those that store."""
        fitting = [form for form in self.forms if form.action.partition("?")[0].endswith(ending)]
        return next((form for form in fitting if form.method == "post"), fitting[0])

    def offers(self, ending: str) -> bool:
        """Tell whether there is such a form."""
        return any(form.action.partition("?")[0].endswith(ending) for form in self.forms)


class Visitor:
    """Somebody at a browser."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def get(self, path: str, **headers: str) -> TestResponse:
        """Ask for a page and follow nothing."""
        return self.client.get(path, base_url=ORIGIN, headers=headers)

    def open(self, path: str) -> Page:
        """Open a page, following redirects."""
        return Page(self.client.get(path, base_url=ORIGIN, follow_redirects=True))

    def press(self, page: Page, ending: str, **fields: str) -> Page:
        """Fill in the form that goes to an address ending so, press its button, and follow."""
        return Page(self.send(page, ending, follow=True, **fields))

    def send(self, page: Page, ending: str, *, follow: bool = False, **fields: str) -> TestResponse:
        """The same, with the choice to look at the answer itself."""
        form = page.form(ending)
        unknown = fields.keys() - form.names
        assert not unknown, f"the form has no {unknown}"
        return self.post(form.action, follow=follow, **form.hidden, **fields)

    def post(self, path: str, *, follow: bool = False, **fields: str) -> TestResponse:
        """Post fields as they are."""
        headers = {"Referer": f"{ORIGIN}/"}
        return self.client.post(path, data=fields, base_url=ORIGIN, headers=headers, follow_redirects=follow)
