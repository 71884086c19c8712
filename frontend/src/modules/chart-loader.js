// Fetches charts.js only where a chart is, also when it arrives later by htmx.
let asked = false;

export function chartLoader(htmx) {
  htmx.onLoad((root) => {
    if (!root.querySelector?.("[data-chart]") && !root.matches?.("[data-chart]")) return;
    if (asked) return;
    asked = true;
    const script = document.createElement("script");
    script.src = document.querySelector("meta[name=zhibu-charts]").content;
    document.head.append(script);
  });
}
