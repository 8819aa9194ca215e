"""A page's form as a browser sends it: every field with what stands in it, to be changed by what somebody types."""

from __future__ import annotations

from html.parser import HTMLParser


class _Fields(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[dict[str, str]] = []
        self.area = self.choice = ""

    def handle_starttag(self, tag, attrs):
        told = {name: value or "" for name, value in attrs}
        name, here = told.get("name", ""), self.forms[-1] if self.forms else {}
        if tag == "form":
            self.forms.append({})
        elif tag == "input" and name and told.get("type") not in ("checkbox", "radio", "file"):
            here[name] = told.get("value", "")
        elif tag == "input" and name and "checked" in told:
            here[name] = told.get("value", "on")
        elif tag == "textarea":
            self.area, here[name] = name, ""
        elif tag == "select":
            self.choice = name
        elif tag == "option" and self.choice and ("selected" in told or self.choice not in here):
            here[self.choice] = told.get("value", "")

    def handle_data(self, data):
        if self.area:
            self.forms[-1][self.area] += data

    def handle_endtag(self, tag):
        if tag == "textarea":
            self.area = ""
        elif tag == "select":
            self.choice = ""


def form_with(page: str, field: str) -> dict[str, str]:
    """The fields of the first form of a page that has one of that name."""
    reader = _Fields()
    reader.feed(page)
    return next(form for form in reader.forms if field in form)
