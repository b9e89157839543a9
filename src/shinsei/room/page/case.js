// One case's history in a dialog, as `shinsei explain` tells it; #case=NUMBER in the address opens it too.
"use strict";

function tableRow(cells, kind = "td") {
  const made = document.createElement("tr");
  for (const cell of cells) made.append(cell instanceof HTMLTableCellElement ? cell : tag(kind, cell));
  return made;
}

function head(cells) {
  const made = tableRow(cells, "th");
  for (const cell of made.children) cell.scope = "col";
  return made;
}

function stepRows(story) {
  const waits = new Map((story.waits || []).map((wait) => [wait.since, wait]));
  return story.steps.flatMap((step, n) => {
    const detail = [step.method ? lower(step.method) : "", step.detail].filter(Boolean).join(" ");
    const rows = [tableRow([moment(step.at), tag("td", actionWord(step.action), "text"), tag("td", detail, "text")])];
    const wait = waits.get(step.at);
    if (wait && (n + 1 === story.steps.length || story.steps[n + 1].at !== step.at)) {
      const row = tableRow([span(wait.hours), tag("td", language === "ja" ? wait.for_ja : wait.for, "text"), ""]);
      row.className = "wait";
      rows.push(row);
    }
    return rows;
  });
}

async function openCase(receipt) {
  const dialog = document.getElementById("case"), fill = (id, ...rows) => document.getElementById(id).replaceChildren(...rows);
  let story = null, problem = "";
  try {
    const answer = await fetch(`/case/${encodeURIComponent(receipt)}`);
    story = await answer.json();
    problem = answer.ok ? "" : say(story.error);
  } catch { problem = t("gone"); }
  document.getElementById("case-title").textContent = receipt;
  document.getElementById("case-head").textContent = problem || [story.submission_id, story.method && lower(story.method), statusWord(story.status),
    story.lead_time_h === null ? "" : `${t("lead")} ${span(story.lead_time_h)}`].filter(Boolean).join(" · ");
  fill("case-steps", ...(problem ? [] : [head(t("steps")), ...stepRows(story)]));
  fill("case-time", ...(problem ? [] : [head(t("times")), ...Object.entries(story.time_by_resource_h).map(([turn, hours]) =>
    tableRow([turnWord(turn), span(hours.office_open), span(hours.office_closed)]))]));
  if (!dialog.open) dialog.showModal();
  history.replaceState(null, "", `#case=${receipt}`);
}

function openAddressed() {
  const found = /^#case=(\d{16})$/.exec(location.hash);
  if (found) openCase(found[1]);
}

document.getElementById("case").addEventListener("close", () => history.replaceState(null, "", location.pathname));
document.getElementById("follow").addEventListener("submit", (event) => {
  event.preventDefault();
  const receipt = document.getElementById("receipt").value.trim();
  if (receipt) openCase(receipt);
});
