"""Form widgets that Django does not have."""

from collections.abc import Callable, Iterable
from typing import Any

from django import forms
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

MAX_SUGGESTIONS = 1000


class SuggestionInput(forms.TextInput):
    """A text input with a `<datalist>`: the browser suggests values, and any value is accepted.

    `suggestions` is called at each rendering and returns pairs of value and explanation.
    """

    def __init__(
        self,
        suggestions: Callable[[], Iterable[tuple[str, str]]],
        attrs: dict[str, Any] | None = None,
    ) -> None:
        super().__init__({"class": "vTextField", "autocomplete": "off", **(attrs or {})})
        self.suggestions = suggestions

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None
    ) -> SafeString:
        list_id = f"{name}-suggestions"
        control = super().render(name, value, {**(attrs or {}), "list": list_id}, renderer)
        options = format_html_join("", '<option value="{}">{}</option>', self.suggestions())
        return format_html('{}<datalist id="{}">{}</datalist>', control, list_id, options)
