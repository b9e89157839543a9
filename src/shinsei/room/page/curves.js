// The backlog of each method against the deadline: uPlot has axes and curves, and what is written on them are elements.
"use strict";
let plot = null, shown = null;  // the picture, and what it shows: it is made anew for other curves, widths and themes only

const dayNumber = (day) => Math.round(Date.parse(`${day}T00:00:00Z`) / 864e5);
const dayText = (number) => { const day = new Date(number * 864e5); return `${day.getUTCMonth() + 1}/${day.getUTCDate()}`; };
const colourOf = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

// One column for each day that any curve has, as uPlot wants it: [days, backlogs of the first, of the second, ...].
function columns(twins) {
  const known = twins.map((twin) => new Map(twin.curve.map(([day, waiting]) => [dayNumber(day), waiting])));
  const days = [...new Set(known.flatMap((one) => [...one.keys()]))].sort((one, other) => one - other);
  return [days, ...known.map((one) => days.map((day) => one.get(day) ?? null))];
}

// twins: [{mark, colour, curve: [[day, backlog]], through: day or null}]; lines: [{day, cls, text}].
function drawCurves(twins, lines, words, width) {
  const data = columns(twins), kind = JSON.stringify([width, colourOf("ink"), twins.map((twin) => [twin.mark, twin.colour])]);
  const days = [...data[0], ...lines.map((one) => dayNumber(one.day) + 1), ...twins.flatMap((twin) => (twin.through ? [dayNumber(twin.through)] : []))];
  const first = Math.min(...days), last = Math.max(...days, first + 1);
  if (shown?.kind !== kind) {
    plot?.destroy();
    plot = null;
    shown = { picture: tag("div", undefined, "curves"), caption: tag("small") };
    shown.picture.setAttribute("role", "img");
  }
  shown = { ...shown, kind, twins, lines, words, range: days.length ? [first, last] : [0, 1] };
  shown.picture.setAttribute("aria-label", words.title);
  if (plot) plot.setData(data);
  else plot = new uPlot(wanted(twins, width), data, shown.picture);
  readCurves();
  return [shown.picture, shown.caption];
}

function wanted(twins, width) {
  const axis = { font: `12px ${getComputedStyle(document.body).fontFamily}`, stroke: colourOf("soft"), ticks: { show: false } };
  const round = [0, 1, 2, 3, 4, 5, 6].flatMap((power) => [1, 2, 5].map((one) => one * 10 ** power));
  return {
    width, height: Math.round(Math.min(Math.max(width * 0.4, 170), 232)), padding: [32, 14, 0, 0],
    legend: { show: false }, cursor: { drag: { x: false, y: false }, points: { size: 6 } },
    scales: { x: { time: false, range: () => shown.range }, y: { range: (_, __, most) => [0, Math.max(2, (most || 0) * 1.05)] } },
    axes: [
      { ...axis, size: 22, gap: 4, space: 44, incrs: [1, 2, 5, 7, 14, 28, 56, 112], grid: { show: false }, values: (_, at) => at.map(dayText) },
      { ...axis, size: 52, space: 36, incrs: round, grid: { stroke: colourOf("rule"), width: 1 }, values: (_, at) => at.map(count) },
    ],
    series: [{}, ...twins.map((twin) => ({ stroke: twin.colour, width: 2, spanGaps: true, points: { show: false }, ...(twin.mark === "B" ? { dash: [6, 4] } : {}) }))],
    hooks: { draw: [annotate], setCursor: [readCurves] },
  };
}

// What a pointer is on, or else what a triangle means.
function readCurves() {
  const at = plot?.cursor.idx, day = plot?.data[0][at];
  const values = day === undefined ? [] : shown.twins.flatMap(({ mark }, n) => (plot.data[n + 1][at] === null ? [] : [`${mark} ${count(plot.data[n + 1][at])}`]));
  const meant = shown.twins.some((twin) => twin.through) ? `▼ ${shown.words.through}` : "\u00a0";
  shown.caption.textContent = values.length ? `${dayText(day)}: ${values.join(" · ")}` : meant;
}

// Deadline and target, the mark of each curve at its end, and a triangle on the day on which each method is through.
function annotate(drawn) {
  const { twins, lines } = shown, { width, height } = drawn.over.getBoundingClientRect(), x = (day) => drawn.valToPos(day, "x"), y = (value) => drawn.valToPos(value, "y");
  const notes = svg("svg", { class: "notes", "aria-hidden": "true" }), placed = [];
  lines.forEach((one, n) => {
    const at = x(dayNumber(one.day) + 1), late = at > width / 2;
    notes.append(svg("line", { x1: at, x2: at, y1: -6, y2: height, class: one.cls }),
      svg("text", { x: at + (late ? -4 : 4), y: -20 + 14 * (n % 2), "text-anchor": late ? "end" : "start", class: one.cls }, `${one.text} ${dayText(dayNumber(one.day))}`));
  });
  twins.filter((twin) => twin.curve.length).forEach((twin) => {
    const [day, waiting] = twin.curve[twin.curve.length - 1];
    notes.append(...dot(x(dayNumber(day)), y(waiting), twin));
  });
  twins.filter((twin) => twin.through).forEach((twin) => {
    const at = x(dayNumber(twin.through)), near = placed.filter((one) => Math.abs(one.at - at) < 16);
    const row = [0, 1, 2, 3, 4, 5].find((free) => !near.some((one) => one.row === free)) || 0;
    placed.push({ at, row });
    notes.append(svg("path", { d: `M${at} ${height - 2} l-5 -8 h10 z`, fill: twin.colour, class: "through" }), ...dot(at, height - 18 - 15 * row, twin));
  });
  drawn.over.querySelector(".notes")?.remove();
  drawn.over.append(notes);
}

function dot(cx, cy, twin) {
  return [svg("circle", { cx, cy, r: 6.2, stroke: twin.colour, class: "ring" }),
    svg("text", { x: cx, y: cy + 4, "text-anchor": "middle", class: "in-dot" }, twin.mark)];
}
