// Where the applications are, zone by zone; and what both pictures are made of.
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
