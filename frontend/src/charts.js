// Draws what {% chart %} wrote as data. Pages never write ECharts options: look and behaviour are decided here.
import * as echarts from "echarts/core";
import { BarChart, BoxplotChart, HeatmapChart, LineChart, PieChart, ScatterChart, TreemapChart } from "echarts/charts";
import { AriaComponent, GridComponent, LegendComponent, TooltipComponent, VisualMapComponent } from "echarts/components";
import { CanvasRenderer } from "echarts/renderers";
import { optionOf } from "./modules/chart-options.js";

echarts.use([
  AriaComponent, BarChart, BoxplotChart, CanvasRenderer, GridComponent, HeatmapChart, LegendComponent, LineChart,
  PieChart, ScatterChart, TooltipComponent, TreemapChart, VisualMapComponent,
]);
const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;

function draw(figure) {
  const stage = figure.querySelector("[data-stage]");
  const source = document.getElementById(figure.dataset.chart);
  if (!stage || !source || echarts.getInstanceByDom(stage)) return;
  const chart = echarts.init(stage);
  const size = parseFloat(getComputedStyle(document.documentElement).fontSize);
  chart.setOption({ animation: !calm, ...optionOf(JSON.parse(source.textContent), stage.clientWidth, size) });
  chart.on("click", ({ data }) => data?.url && location.assign(data.url));
  chart.on("mouseover", ({ data }) => (stage.style.cursor = data?.url ? "pointer" : "default"));
  new ResizeObserver(() => chart.resize()).observe(stage);
}

const drawAll = (root) => {
  if (root.matches?.("[data-chart]")) draw(root);
  root.querySelectorAll?.("[data-chart]").forEach(draw);
};
drawAll(document);
window.htmx.onLoad(drawAll);
