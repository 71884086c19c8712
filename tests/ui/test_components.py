"""Components are strict about their attributes and say the same to eyes and ears."""

import pytest
from django.template import Context, Template, TemplateSyntaxError

from zhibu.ui.charts import Chart, Heatmap, Leaf, Point, Series, Treemap
from zhibu.ui.parts import Step
from zhibu.ui.shown import follow, shown


def draw(source, **context):
    return Template("{% load ui %}" + source).render(Context(context))


@pytest.mark.parametrize(
    "source",
    [
        '{% card titel="x" %}{% endcard %}',
        '{% badge "x" colour="red" %}',
        '{% badge "x" tone="purple" %}',
        '{% alert tone="danger" %}{% endalert %}',
        '{% icon "no-such-icon" %}',
        '{% stat "党员" 3 %}',
        '{% empty_state "标题" %}',
        '{% empty_state "标题" "说明" action="新建" %}',
        '{% chart id="a" data=chart title="图" height="300px" %}',
        '{% submit "保存" tone="green" %}',
    ],
)
def test_unknown_or_missing_attribute_is_a_template_error(source):
    chart = Chart("bar", ["1月"], [Series("会议", [Point(1)])])

    with pytest.raises(TemplateSyntaxError):
        draw(source, chart=chart)


def test_components_escape_what_they_are_given():
    html = draw("{% card title=t %}{{ t }}{% endcard %}{% badge t %}{% definition t t %}", t="<i>")

    assert "<i>" not in html


def test_chart_has_a_table_twin_whose_numbers_open():
    chart = Chart("bar", ["1月", "2月"], [Series("会议", [Point(3, "/m/1/"), Point(None)])], unit="次")

    html = draw('{% chart id="c" data=chart title="会议" %}', chart=chart)

    assert '<a href="/m/1/">3</a>' in html
    assert '<th scope="row">2月</th><td class="z-number">—</td>' in html
    assert '<script id="c-data" type="application/json">' in html
    assert "style=" not in html


def test_chart_data_cannot_close_its_script_element():
    chart = Chart("bar", ["</script><b>"], [Series("x", [Point(1)])])

    assert "</script><b>" not in draw('{% chart id="c" data=chart title="x" %}', chart=chart)


def test_chart_refuses_what_it_cannot_draw():
    with pytest.raises(ValueError, match="1 points for 2 labels"):
        Chart("bar", ["1月", "2月"], [Series("会议", [Point(1)])])
    with pytest.raises(ValueError, match="rows × columns"):
        Heatmap(["1月"], ["甲"], [[Point(1), Point(2)]])
    with pytest.raises(ValueError, match="one series"):
        Chart("pie", [], [])


def test_heatmap_leaves_out_missing_values_and_treemap_lists_all_levels():
    heat = Heatmap(["1月", "2月"], ["甲"], [[Point(None), Point(0)]]).as_json()
    twin = Treemap([Leaf("院", 3, children=[Leaf("支部", 3, "/b/")])]).twin()

    assert [mark["value"] for mark in heat["points"]] == [[1, 0, 0]]
    assert [name for name, _ in twin.rows] == ["院", "\u3000支部"]


def test_step_refuses_an_unknown_state():
    with pytest.raises(ValueError, match="there are done"):
        Step("讨论", state="finished")


def test_values_have_one_form():
    assert [shown(value) for value in (None, "", True, False, 12345, 0.5, 1.0, ["甲", "乙"])] == [
        "—", "—", "是", "否", "12,345", "0.5", "1", "甲、乙",
    ]  # fmt: skip
    assert follow({"a": {"b": None}}, "a.b.c") is None
