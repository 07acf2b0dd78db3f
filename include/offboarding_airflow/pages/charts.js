// Draws what an element's data-chart holds (offboarding/report/pages/charts.py) by Chart.js, in the colours of pages.css.
"use strict";
(() => {
  const drawn = new Map();
  // By shape as well: whoever sees no colours, or prints, tells one from another.
  const SHAPES = {
    line: { colour: "--link", pointStyle: "circle" },
    // Larger, so that it's seen behind another of the same value: of one thing both are.
    dashed: { colour: "--amber", pointStyle: "triangle", pointRadius: 6, borderDash: [6, 4] },
    points: { colour: "--red", pointStyle: "rectRot", pointRadius: 3, showLine: false, order: -1 },
    band: {
      colour: "--gap", edge: "--soft", type: "bar", pointStyle: "rect", order: 1,
      yAxisID: "band", borderWidth: 1, barPercentage: 1, categoryPercentage: 1,
    },
  };

  function dataset(series, colour) {
    const { colour: own, edge = own, ...shape } = SHAPES[series.shape];
    return { label: series.name, data: series.values, backgroundColor: colour(own), borderColor: colour(edge), ...shape };
  }

  function options(chart, small, colour) {
    const grid = { color: colour("--line") };
    const ticks = { color: colour("--soft"), maxRotation: 0, autoSkipPadding: 16 };
    const told = (of) => (of.dataset.type === "bar" ? of.dataset.label : `${of.dataset.label}: ${of.formattedValue} ${chart.unit}`);
    return {
      locale: "en", animation: false, maintainAspectRatio: false, spanGaps: false, borderWidth: 2,
      layout: { padding: small ? 3 : 0 },
      // One night between two gaps is no line, and is seen all the same.
      pointRadius: small ? 1 : 3, pointHoverRadius: small ? 3 : 5,
      interaction: { mode: "index", intersect: false },
      scales: {
        x: { offset: true, grid: { display: false }, border: grid, ticks: { ...ticks, display: !small } },
        y: { display: !small, beginAtZero: true, suggestedMax: 1, grid, border: grid, ticks: { ...ticks, precision: 0 },
          title: { display: true, text: chart.unit, color: colour("--soft") } },
        band: { axis: "y", display: false, min: 0, max: 1 },
      },
      plugins: {
        legend: { display: !small, labels: { color: colour("--text"), usePointStyle: true, boxHeight: 7 } },
        tooltip: { callbacks: { label: told }, displayColors: false },
      },
    };
  }

  function draw(place) {
    const chart = JSON.parse(place.dataset.chart);
    const small = place.classList.contains("nights");
    const style = getComputedStyle(place);
    const colour = (name) => style.getPropertyValue(name).trim();
    const datasets = chart.series
      .filter((series) => series.values.some((value) => value !== null))
      .map((series) => dataset(series, colour));
    place.classList.add("drawn");
    place.replaceChildren(document.createElement("canvas"));
    Chart.defaults.font.family = style.fontFamily;
    drawn.set(place, new Chart(place.firstChild, {
      type: "line", data: { labels: chart.labels, datasets }, options: options(chart, small, colour),
    }));
  }

  // What another script put here is drawn as well, and what it took away is let go.
  function look() {
    for (const [place, chart] of drawn) {
      if (!place.isConnected) { chart.destroy(); drawn.delete(place); }
    }
    for (const place of document.querySelectorAll("[data-chart]")) {
      if (!drawn.has(place)) draw(place);
    }
  }

  function again() {
    for (const chart of drawn.values()) chart.destroy();
    drawn.clear();
    look();
  }

  look();
  new MutationObserver(look).observe(document.body, { childList: true, subtree: true });
  for (const media of ["(prefers-color-scheme: dark)", "print"]) matchMedia(media).addEventListener("change", again);
})();
