"""Components. Each declares its attributes; an unknown one, tone, size or icon is a TemplateSyntaxError."""

from __future__ import annotations

from typing import Any

from django import template
from django.forms import BaseForm as DjangoForm
from django.forms import BoundField, CheckboxInput, CheckboxSelectMultiple, RadioSelect, Select
from django.template import Context, TemplateSyntaxError
from django.template.loader import render_to_string
from django.template.loader_tags import BLOCK_CONTEXT_KEY
from django.templatetags.static import static
from django.utils.html import format_html, json_script
from django.utils.safestring import SafeString, mark_safe

from zhibu.ui import icons
from zhibu.ui.charts import Boxes, Chart, Heatmap, Treemap
from zhibu.ui.forms import is_private, notes_of
from zhibu.ui.parts import SIZES, Event, Step, Tab, TreeNode, tone_of
from zhibu.ui.shown import shown as shown_text

register = template.Library()
ALERT_ICONS = {"red": "alert-circle", "yellow": "alert-triangle", "green": "circle-check"}
MESSAGE_TONES = {"error": "red", "warning": "yellow", "success": "green", "info": "blue", "debug": "grey"}


def part(name: str, **context: Any) -> SafeString:
    return render_to_string(f"ui/parts/{name}.html", context)


@register.filter
def shown(value: Any) -> str:
    return shown_text(value)


@register.filter
def message_tone(level: str) -> str:
    return MESSAGE_TONES.get(level, "blue")


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    if name not in icons.names():
        raise TemplateSyntaxError(f"No icon {name!r}. Add it to frontend/icons.txt and run `npm run icons`.")
    named = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    return format_html('<svg class="icon" {}><use href="{}#{}"></use></svg>', named, static("ui/icons.svg"), name)


def _block(context: Context, name: str) -> str:
    blocks = context.render_context.get(BLOCK_CONTEXT_KEY)
    found = blocks.get_block(name) if blocks else None
    return str(found.render(context)).strip() if found else ""


@register.simple_tag(takes_context=True)
def page_title(context: Context) -> str:
    """The block ``title`` once more, for the h1."""
    return mark_safe(_block(context, "title"))  # rendered, hence escaped, by the template


@register.simple_tag(takes_context=True)
def breadcrumbs_bar(context: Context) -> str:
    """The block ``breadcrumbs``, or nothing where a page has none."""
    inside = mark_safe(_block(context, "breadcrumbs"))
    return format_html('<nav class="z-crumbs" aria-label="当前位置"><ol>{}</ol></nav>', inside) if inside else ""


@register.simple_tag
def crumb(label: str, url: str = "") -> SafeString:
    if url:
        return format_html('<li><a href="{}">{}</a></li>', url, label)
    return format_html('<li aria-current="page">{}</li>', label)


@register.simple_block_tag
def card(
    content: str,
    title: str = "",
    subtitle: str = "",
    icon: str = "",
    link: str = "",
    link_text: str = "",
    id: str = "",
    flush: bool = False,
) -> SafeString:
    return part(
        "card", content=content, title=title, subtitle=subtitle, icon=icon, link=link, link_text=link_text, id=id,
        flush=flush,
    )  # fmt: skip


@register.simple_block_tag
def alert(content: str, tone: str = "blue", title: str = "", icon: str = "") -> SafeString:
    return part(
        "alert", content=content, tone=tone_of(tone), title=title, icon=icon or ALERT_ICONS.get(tone, "info-circle")
    )


@register.simple_tag
def empty_state(title: str, text: str, action: str = "", url: str = "", icon: str = "inbox") -> SafeString:
    if bool(action) != bool(url):
        raise TemplateSyntaxError("empty_state: action (what the button says) and url go together.")
    return part("empty_state", title=title, text=text, action=action, url=url, icon=icon)


@register.simple_tag
def badge(text: Any, tone: str = "grey") -> SafeString:
    return format_html('<span class="z-badge z-tone z-tone-{}">{}</span>', tone_of(tone), shown_text(text))


@register.simple_block_tag
def definitions(content: str) -> SafeString:
    return format_html('<dl class="z-definitions">{}</dl>', content)


@register.simple_tag
def definition(label: str, value: Any, url: str = "") -> SafeString:
    text = value if isinstance(value, SafeString) else shown_text(value)
    inside = format_html('<a href="{}">{}</a>', url, text) if url else text
    return format_html("<dt>{}</dt><dd>{}</dd>", label, inside)


@register.simple_tag
def masked(value: str, label: str = "", reveal: str = "") -> SafeString:
    return part("masked", value=shown_text(value), label=label, reveal=reveal)


@register.simple_tag
def stat(label: str, value: Any, url: str, unit: str = "", note: str = "", tone: str = "") -> SafeString:
    return part(
        "stat", label=label, value=shown_text(value), url=url, unit=unit, note=note, tone=tone and tone_of(tone)
    )


@register.simple_tag
def chart(id: str, data: Chart | Heatmap | Treemap | Boxes, title: str, height: str = "md") -> SafeString:
    if height not in SIZES:
        raise TemplateSyntaxError(f"height={height!r} does not exist; there are {', '.join(SIZES)}.")
    block = json_script(data.as_json(), f"{id}-data")
    return part("chart", id=id, data=block, twin=data.twin(), title=title, height=height)


@register.simple_tag
def progress_bar(label: str, value: int, maximum: int, poll: str = "") -> SafeString:
    return part("progress_bar", label=label, value=value, maximum=maximum, poll=poll)


@register.simple_tag
def tree(nodes: list[TreeNode], label: str) -> SafeString:
    return part("tree", nodes=nodes, label=label)


@register.simple_tag
def steps(steps: list[Step]) -> SafeString:
    return part("steps", steps=steps)


@register.simple_tag
def timeline(events: list[Event]) -> SafeString:
    for event in events:
        tone_of(event.tone)
    return part("timeline", events=events)


@register.simple_tag
def tabs(items: list[Tab], label: str = "分类") -> SafeString:
    return part("tabs", items=items, label=label)


@register.simple_tag
def rule(text: str, source: str, url: str = "") -> SafeString:
    """The article beside the rule it gives."""
    cited = format_html('<a href="{}">{}</a>', url, source) if url else source
    return format_html('<p class="z-rule">{} <cite>依据：{}</cite></p>', text, cited)


@register.simple_tag(takes_context=True)
def table(context: Context, bound: Any) -> SafeString:
    """A bound list (`zhibu.ui.tables.bind`): filters, rows, pages."""
    return bound.html(context.get("request"))


@register.simple_tag
def field(bound: BoundField) -> SafeString:
    """Label, input, help and errors; help and errors are tied to the input for screen readers."""
    if bound.is_hidden:
        return bound.as_widget()
    widget = bound.field.widget
    help_id, error_id = f"{bound.auto_id}-help", f"{bound.auto_id}-error"
    described = " ".join([help_id] * bool(bound.help_text) + [error_id] * bool(bound.errors))
    attrs: dict[str, str | bool] = {"class": _class_of(bound)}
    if described:
        attrs["aria-describedby"] = described
    if bound.errors:
        attrs["aria-invalid"] = "true"
    group = isinstance(widget, RadioSelect | CheckboxSelectMultiple)
    return part(
        "field", bound=bound, group=group, single=isinstance(widget, CheckboxInput), described=described,
        widget="" if group else bound.as_widget(attrs=attrs), help_id=help_id, error_id=error_id,
        private=is_private(bound), notes=notes_of(bound.form, bound.name),
    )  # fmt: skip


def _class_of(bound: BoundField) -> str:
    widget = bound.field.widget
    own = str(widget.attrs.get("class", ""))
    if isinstance(widget, CheckboxInput):
        kind = "form-check-input"
    elif isinstance(widget, Select):
        kind = "form-select"
    else:
        kind = "form-control"
    return " ".join(filter(None, [kind, own, "is-invalid" if bound.errors else ""]))


@register.simple_tag
def form_errors(form: DjangoForm) -> SafeString:
    faulty = [bound for bound in form if bound.errors]
    return part("form_errors", form=form, faulty=faulty, notes=notes_of(form, None))


@register.simple_tag(takes_context=True)
def form_start(context: Context, form: DjangoForm, action: str = "", draft: str = "") -> SafeString:
    """Opens a guarded form: csrf, error summary, sent once, retry after a lost connection; ``draft`` names a draft."""
    request = context.get("request")
    user = getattr(getattr(request, "user", None), "pk", None)
    values = {"form": form, "action": action, "draft": draft and f"{user}:{draft}"}
    return render_to_string("ui/parts/form_start.html", values, request)


@register.simple_tag
def form_end(form: DjangoForm | None = None) -> SafeString:
    hidden = mark_safe("".join(str(bound) for bound in form.hidden_fields())) if form is not None else ""
    return format_html("{}</form>", hidden)


@register.simple_tag
def submit(label: str = "保存", cancel: str = "", icon: str = "", tone: str = "primary") -> SafeString:
    if tone not in {"primary", "danger"}:
        raise TemplateSyntaxError("submit: tone is primary or danger.")
    back = format_html('<a class="btn" href="{}">取消</a>', cancel) if cancel else ""
    return format_html(
        '<div class="z-form-end"><button type="submit" class="btn btn-{}">{}{}</button>{}</div>',
        tone, globals()["icon"](icon) if icon else "", label, back,
    )  # fmt: skip
