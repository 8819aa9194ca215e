// Draws every [data-chart] with ECharts in the colours of the page, anew when the theme changes or a part was swapped.
(() => {
  const drawn = new Map();
  const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  function look() {
    const line = { lineStyle: { color: token("--fw-line") } };
    const axis = { axisLine: line, splitLine: line, axisLabel: { color: token("--fw-muted") } };
    return {
      color: ["--fw-accent", "--fw-second", "--fw-third", "--fw-fourth"].map(token),
      backgroundColor: "transparent",
      textStyle: { color: token("--fw-ink"), fontFamily: getComputedStyle(document.body).fontFamily },
      categoryAxis: { ...axis, splitLine: { show: false } },
      valueAxis: axis,
      timeAxis: axis,
      legend: { textStyle: { color: token("--fw-muted") } },
    };
  }

  // Rich text: a tooltip of HTML would carry style attributes, which our pages forbid.
  function draw(place) {
    if (drawn.has(place)) drawn.get(place).dispose();
    const options = JSON.parse(place.dataset.chart);
    const chart = window.echarts.init(place, look(), { renderer: "canvas" });
    const legend = options.legend && { type: "scroll", top: 0, bottom: "auto", ...options.legend };
    const grid = { left: 8, right: 16, top: 32, bottom: 8, containLabel: true };
    chart.setOption({ animation: false, grid, ...options, legend, tooltip: { ...options.tooltip, renderMode: "richText" } });
    drawn.set(place, chart);
  }

  const all = () => document.querySelectorAll("[data-chart]").forEach(draw);
  addEventListener("DOMContentLoaded", all);
  document.addEventListener("theme", () => window.echarts && document.readyState === "complete" && all());
  document.addEventListener("htmx:afterSwap", (event) => event.target.querySelectorAll("[data-chart]").forEach(draw));
  addEventListener("resize", () => drawn.forEach((chart) => chart.resize()));
})();
