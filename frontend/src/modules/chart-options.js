// From the platform's own chart data (zhibu.ui.charts) to ECharts options.
// Colours: distinguishable with the common colour blindnesses; the accent comes first.
const COLOURS = ["#a6241c", "#2f6690", "#d08c2e", "#4f7f52", "#6b5b95", "#7a7f87", "#b5651d", "#3a8f9c"];
// Amounts grow darker; shares run from red (little) over sand to blue (all): told apart with colour blindness too.
const AMOUNTS = ["#f2f5f8", "#b9cfe0", "#6f9dbf", "#2f6690"];
const SHARES = ["#b5453b", "#dd9a7c", "#f1e4c8", "#9fbdd0", "#3f76a0"];
// What a tone means is also written in the field: nobody has to tell the colours apart.
const TONES = { green: "#4f7f52", yellow: "#b07414", red: "#b5453b", accent: "#7d1a14", blue: "#2f6690", grey: "#7a7f87" };
const toned = (leaf) => ({
  ...leaf, ...(leaf.tone && { itemStyle: { color: TONES[leaf.tone] } }), ...(leaf.children && { children: leaf.children.map(toned) }),
});
const INK = "#3a3f47";
const FAINT = "#e3e5e9";
const FONT = '"Noto Sans CJK SC", "Noto Sans SC", "PingFang SC", "Microsoft YaHei", sans-serif';

export function optionOf(data, width, size) {
  const narrow = width < 26 * size;
  const base = {
    color: COLOURS,
    textStyle: { fontFamily: FONT, fontSize: 0.8 * size, color: INK },
    aria: { enabled: true },
    // Drawn on the canvas: the HTML tooltip needs inline styles, which the content policy forbids.
    tooltip: { renderMode: "richText", confine: true, valueFormatter: (value) => said(value, data.unit), textStyle: { fontSize: 0.8 * size } },
  };
  return { ...base, ...kinds[data.kind](data, { narrow, size, base }) };
}

const said = (value, unit) => (value === null || value === undefined ? "无数据" : `${value}${unit ? " " + unit : ""}`);
const label = (size) => ({ fontSize: 0.78 * size, color: INK, hideOverlap: true });
const valueAxis = (data, size) => ({
  type: "value", name: data.unit, nameTextStyle: { align: "right" }, axisLabel: label(size), splitLine: { lineStyle: { color: FAINT } },
});
const legend = (data, size) => (data.series.length > 1 ? { type: "scroll", top: 0, left: 0, right: 0, textStyle: { fontSize: 0.78 * size, color: INK } } : undefined);
const grid = (data, size) => ({ left: 8, right: 16, bottom: 4, top: data.series?.length > 1 ? 3.4 * size : 2.2 * size, containLabel: true });

function axes(data, { size, narrow, base }, series) {
  // Long names stand better on the side: bars lie down where labels would collide.
  const lying = data.kind === "bar" && (data.labels.some((text) => text.length > 6) || (narrow && data.labels.length > 6));
  const names = { type: "category", data: data.labels, inverse: lying, axisLabel: { ...label(size), width: 9 * size, overflow: "truncate" }, axisTick: { show: false } };
  const values = valueAxis(data, size);
  return {
    tooltip: { ...base.tooltip, trigger: "axis" }, legend: legend(data, size), grid: grid(data, size),
    xAxis: lying ? values : names, yAxis: lying ? names : values, series,
  };
}

function round(data, { size, narrow, base }) {
  const points = data.labels.map((name, index) => toned({ name, ...data.series[0].points[index] })).filter((point) => point.value !== null);
  const outer = narrow ? "54%" : "74%";
  const values = Object.fromEntries(points.map((point) => [point.name, said(point.value, data.unit)]));
  return {
    // Where labels would be cut off, the legend names the parts and their numbers.
    legend: narrow ? { bottom: 0, orient: "vertical", itemGap: 0.25 * size, icon: "circle", formatter: (name) => `${name} ${values[name]}`, textStyle: { fontSize: 0.75 * size, color: INK } } : undefined,
    tooltip: { ...base.tooltip, trigger: "item", formatter: ({ name, value, percent }) => `${name} ${said(value, data.unit)}(${percent}%)` },
    series: [{
      type: "pie", center: ["50%", narrow ? "29%" : "50%"], radius: data.kind === "doughnut" ? [narrow ? "34%" : "46%", outer] : outer, data: points, itemStyle: { borderColor: "#fff", borderWidth: 2 },
      label: { show: !narrow, fontSize: 0.78 * size, color: INK, formatter: "{b} {c}" }, labelLine: { show: !narrow },
    }],
  };
}

const kinds = {
  bar: (data, at) => axes(data, at, data.series.map((one) => ({ type: "bar", name: one.name, data: one.points, barMaxWidth: 2.2 * at.size, itemStyle: { borderRadius: 2 } }))),
  line: (data, at) => axes(data, at, data.series.map((one) => ({ type: "line", name: one.name, data: one.points, connectNulls: false, symbol: "circle", symbolSize: 0.5 * at.size, lineStyle: { width: 2.5 } }))),
  pie: round,
  doughnut: round,
  heatmap: (data, { size, narrow, base }) => ({
    tooltip: { ...base.tooltip, formatter: ({ value }) => `${data.rows[value[1]]} ${data.columns[value[0]]}:${said(value[2], data.unit)}` },
    grid: { left: 8, right: 8, top: 8, bottom: 3.2 * size, containLabel: true },
    xAxis: { type: "category", data: data.columns, axisLabel: label(size), axisTick: { show: false } },
    yAxis: { type: "category", data: data.rows, inverse: true, axisLabel: { ...label(size), width: (narrow ? 5 : 10) * size, overflow: "truncate" }, axisTick: { show: false } },
    visualMap: {
      min: data.scale === "share" ? 0 : Math.min(0, data.low), max: data.scale === "share" ? 100 : data.high, calculable: false, orient: "horizontal", left: "center", bottom: 0,
      itemHeight: 8 * size, textStyle: { fontSize: 0.75 * size }, inRange: { color: data.scale === "share" ? SHARES : AMOUNTS },
    },
    series: [{ type: "heatmap", data: data.points, itemStyle: { borderColor: "#fff", borderWidth: 2 }, label: { show: !narrow && data.columns.length <= 14, fontSize: 0.72 * size, formatter: ({ value }) => String(value[2]) } }],
  }),
  // Lying boxes of many, and on them the marks of those that are named; a mark is also told by its shape.
  boxes: (data, { size, narrow, base }) => ({
    tooltip: { ...base.tooltip, trigger: "item", formatter: ({ seriesName, name, value }) => Array.isArray(value) && value.length > 2
      ? `${name}：中位数 ${said(value[3], data.unit)}\n一半在 ${value[2]}—${value[4]} 之间` : `${name} ${seriesName}：${said(value[0], data.unit)}` },
    legend: { type: "scroll", top: 0, left: 0, right: 0, data: data.series.map((one) => one.name), textStyle: { fontSize: 0.78 * size, color: INK } },
    grid: { ...grid(data, size), top: 3.4 * size },
    xAxis: valueAxis(data, size),
    yAxis: { type: "category", data: data.labels, inverse: true, axisTick: { show: false }, axisLabel: { ...label(size), width: (narrow ? 6 : 9) * size, overflow: "truncate" } },
    series: [
      { type: "boxplot", name: "同类", layout: "vertical", boxWidth: [8, 1.6 * size], itemStyle: { color: "#e4ebf1", borderColor: COLOURS[1] }, data: data.labels.map((name, at) => ({ name, value: data.boxes[at] ?? [] })) },
      ...data.series.map((one, order) => ({
        type: "scatter", name: one.name, symbol: ["diamond", "triangle"][order] ?? "circle", symbolSize: 0.95 * size, itemStyle: { color: COLOURS[order * 2], borderColor: "#fff", borderWidth: 1 },
        data: one.points.flatMap((point, at) => (point.value === null ? [] : [{ name: data.labels[at], value: [point.value, at], url: point.url }])),
      })),
    ],
  }),
  treemap: (data, { size, base }) => ({
    tooltip: { ...base.tooltip, formatter: ({ name, value }) => `${name} ${said(value, data.unit)}` },
    series: [{ type: "treemap", data: data.leaves.map(toned), roam: false, nodeClick: false, breadcrumb: { show: false }, left: 0, right: 0, top: 0, bottom: 0,
      label: { fontSize: 0.8 * size, lineHeight: 1.2 * size, formatter: "{b}\n{c}" }, upperLabel: { show: true, height: 1.7 * size, fontSize: 0.8 * size, color: "#fff", formatter: "{b}  {c}" },
      levels: [{ itemStyle: { gapWidth: 3, borderWidth: 0 } }, { itemStyle: { gapWidth: 1, borderColorSaturation: 0.5, borderWidth: 1 } }] }],
  }),
};
