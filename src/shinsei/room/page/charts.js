// The two pictures: where the applications are, zone by zone, and the backlog of each method against the deadline.
"use strict";
const SVG = "http://www.w3.org/2000/svg";

function svg(name, attributes, ...children) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  for (const child of children) made.append(child);
  return made;
}

function tag(name, content, cls) {
  const made = document.createElement(name);
  if (content !== undefined) made.append(content);
  if (cls) made.className = cls;
  return made;
}

// A ring, so that its number stands on paper: neither white nor black can be read on the colour of every method.
function drawMark(mark, colour) {
  return svg("svg", { viewBox: "0 0 20 20", class: "mark", "aria-hidden": "true" },
    svg("circle", { cx: 10, cy: 10, r: 8.6, stroke: colour, class: "ring" }),
    svg("text", { x: 10, y: 14, "text-anchor": "middle" }, mark));
}

// One stage: either one number, or a line for each municipality with its mark and a bar of its share of the most.
function drawStage(stage) {
  const card = tag("div", tag("h4", stage.name), "stage");
  if (stage.rows.length > 1) {
    const most = Math.max(1, ...stage.rows.map((row) => row.value));
    const list = tag("ul");
    for (const row of stage.rows) {
      const line = tag("li", drawMark(row.mark, row.colour));
      const bar = svg("svg", { viewBox: "0 0 100 6", class: "bar", preserveAspectRatio: "none", "aria-hidden": "true" },
        svg("rect", { width: (100 * row.value) / most, height: 6, fill: row.colour }));
      const name = tag("span", row.name, "unseen");
      line.append(name, tag("b", count(row.value)), bar);
      list.append(line);
    }
    card.append(list);
  } else {
    card.append(tag("b", count(stage.total), "count"));
  }
  card.append(tag("small", stage.note));
  return card;
}

// zones: [{name, stages: [{name, note, total, rows: [{mark, colour, name, value}]}]}] in the order of the flow.
function drawFlow(zones) {
  return zones.map((zone) => {
    const box = tag("div", tag("h3", zone.name), "zone");
    const row = tag("div", undefined, "stages");
    row.append(...zone.stages.map(drawStage));
    box.append(row);
    return box;
  });
}

const dayNumber = (day) => Math.round(Date.parse(`${day}T00:00:00Z`) / 864e5);
const dayText = (number) => { const day = new Date(number * 864e5); return `${day.getUTCMonth() + 1}/${day.getUTCDate()}`; };

function niceTop(value) {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, value)));
  return [2, 4, 6, 8, 10].map((factor) => factor * power).find((top) => top >= value);
}

// twins: [{mark, colour, name, curve: [[day, backlog]], through: day or null}]; lines: [{day, cls, text}].
function drawCurves(twins, lines, words) {
  const width = 560, height = 250, left = 50, right = 14, top = 40, bottom = 46;
  const through = twins.filter((twin) => twin.through).map((twin) => dayNumber(twin.through));
  const days = [...twins.flatMap((twin) => twin.curve.map(([day]) => dayNumber(day))), ...lines.map((one) => dayNumber(one.day) + 1), ...through];
  const picture = svg("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", class: "curves" }, svg("title", {}, words.title));
  if (!days.length) return picture;
  const text = (x, y, content, anchor = "middle", cls = "soft") => picture.append(svg("text", { x, y, "text-anchor": anchor, class: cls }, content));
  const first = Math.min(...days), last = Math.max(...days, first + 1);
  const peak = niceTop(Math.max(1, ...twins.flatMap((twin) => twin.curve.map(([, waiting]) => waiting))));
  const x = (day) => left + ((day - first) / (last - first)) * (width - left - right);
  const y = (waiting) => height - bottom - (waiting / peak) * (height - top - bottom);
  for (const part of [0, 0.5, 1]) {
    picture.append(svg("line", { x1: left, x2: width - right, y1: y(peak * part), y2: y(peak * part), class: "grid" }));
    text(left - 6, y(peak * part) + 4, count(peak * part), "end");
  }
  const step = Math.max(1, Math.ceil((last - first) / 7));
  for (let day = first; day <= last; day += step) text(Math.min(x(day), width - 16), height - bottom + 16, dayText(day));
  lines.forEach((one, n) => {
    const at = x(dayNumber(one.day) + 1), late = at > width / 2;
    picture.append(svg("line", { x1: at, x2: at, y1: top - 8, y2: height - bottom, class: one.cls }));
    text(at + (late ? -4 : 4), 14 + 14 * (n % 2), `${one.text} ${dayText(dayNumber(one.day))}`, late ? "end" : "start", one.cls);
  });
  twins.forEach((twin) => {
    const points = twin.curve.map(([day, waiting]) => [x(dayNumber(day)), y(waiting)]);
    if (!points.length) return;
    picture.append(svg("path", {
      d: points.map(([px, py], n) => `${n ? "L" : "M"}${px.toFixed(1)} ${py.toFixed(1)}`).join(""),
      class: "curve", stroke: twin.colour, ...(twin.mark === "B" ? { "stroke-dasharray": "6 4" } : {}),
    }));
    picture.append(...dot(...points[points.length - 1], twin));
  });
  const placed = [];
  twins.filter((twin) => twin.through).forEach((twin) => {
    const at = x(dayNumber(twin.through)), near = placed.filter((one) => Math.abs(one.at - at) < 16);
    const row = [0, 1, 2, 3, 4, 5].find((free) => !near.some((one) => one.row === free)) || 0;
    placed.push({ at, row });
    picture.append(svg("path", { d: `M${at} ${height - bottom - 2} l-5 -8 h10 z`, fill: twin.colour }));
    picture.append(...dot(at, height - bottom - 18 - 15 * row, twin));
  });
  if (through.length) text(left, height - 8, `▼ ${words.through}`, "start");
  return picture;
}

function dot(cx, cy, twin) {
  return [svg("circle", { cx, cy, r: 6.2, stroke: twin.colour, class: "ring" }),
    svg("text", { x: cx, y: cy + 4, "text-anchor": "middle", class: "in-dot" }, twin.mark)];
}
