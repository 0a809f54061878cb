// All that the page does with a script, and can do without: the key of the search, and curves in the place of tables.
"use strict";

addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.target.closest("input, textarea, select")) return;
  event.preventDefault();
  document.getElementById("q").focus();
});

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** The points of a figure's table: seconds since 1970, and values. */
function points(figure) {
  const rows = [...figure.querySelectorAll("tbody tr")];
  return [
    rows.map((row) => Date.parse(row.querySelector("time").dateTime) / 1000),
    rows.map((row) => Number(row.querySelector("data").value)),
  ];
}

/** Draw, behind the curve, where the text became another one. */
function marks(moments) {
  return (plot) => {
    const { ctx, bbox } = plot;
    ctx.save();
    ctx.strokeStyle = colour("--soft");
    ctx.setLineDash([3, 4]);
    for (const at of moments) {
      const x = Math.round(plot.valToPos(at, "x", true)) + 0.5;
      if (x < bbox.left || x > bbox.left + bbox.width) continue;
      ctx.beginPath();
      ctx.moveTo(x, bbox.top);
      ctx.lineTo(x, bbox.top + bbox.height);
      ctx.stroke();
    }
    ctx.restore();
  };
}

function draw(figure) {
  const place = figure.querySelector(".plot");
  const moments = (place.dataset.marks || "").trim().split(/\s+/).map((at) => Date.parse(at) / 1000);
  const axis = { stroke: colour("--soft"), grid: { show: false }, ticks: { show: false }, font: "11px sans-serif" };
  place.replaceChildren();
  new uPlot({
    width: place.clientWidth, height: 110, legend: { show: false }, cursor: { show: false },
    padding: [6, 22, 0, 0],  // the last day is written around its point
    axes: [{ ...axis, space: 90, size: 20, values: (_, at) => at.map((s) => new Date(s * 1000).toLocaleDateString(document.documentElement.lang, { day: "numeric", month: "short", timeZone: "UTC" })) },
           { ...axis, space: 36, size: 42 }],
    series: [{}, { stroke: colour("--accent"), width: 1.6, fill: colour("--accent") + "17", points: { show: false } }],
    hooks: { drawClear: [marks(moments)] },
  }, points(figure), place);
  figure.querySelector("details").open = false;
}

function drawAll() {
  if (typeof uPlot === "undefined") return;
  for (const figure of document.querySelectorAll("figure.curve:has(.plot)")) if (points(figure)[0].length > 1) draw(figure);
}

addEventListener("DOMContentLoaded", drawAll);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
