// Takes each look at the stack as it comes, and shows it; what has not changed is left alone (focus, selection, readers).
"use strict";
const $ = (id) => document.getElementById(id);
const drawn = new Map();
let look = null, connected = false;

function put(id, text) { if ($(id).textContent !== text) $(id).textContent = text; }

// Draws anew only if what it is drawn from has changed; the focused button of a table gets its focus back.
function draw(id, from, make) {
  const key = `${language} ${JSON.stringify(from)}`;
  if (drawn.get(id) === key) return;
  drawn.set(id, key);
  const focused = $(id).contains(document.activeElement) ? document.activeElement.dataset.key : undefined;
  $(id).replaceChildren(...make());
  if (focused) $(id).querySelector(`[data-key="${focused}"]`)?.focus();
}
function pairs(id, list) { draw(id, list, () => list.flatMap(([name, value, cls]) => [tag("dt", name), tag("dd", value, cls)])); }

// What is not of now is said to be of then, and has no colour.
const isOld = () => !connected || look.is_old;
const asOf = () => (isOld() && look.at_ms ? t("asOf").replace("{at}", new Date(look.at_ms).toTimeString().slice(0, 5)) : "");

// A chapter of docs/operations.md, as the room serves it; in a tab of its own, since nobody wants to lose the room.
function runbook(place, text) {
  const link = tag("a", text);
  link.href = `/runbook/${place.split("#")[1]}`;
  link.target = "_blank";
  return link;
}

function showVerdict() {
  const { verdict } = look;
  $("verdict").className = isOld() ? "unknown" : verdict.state;
  put("as-of", asOf());
  put("icon", ICONS[verdict.state] || "");
  put("word", say(verdict.word));
  put("sentence", say(verdict.sentence));
  put("others", say(verdict.others));
  put("forecast", say(verdict.as_of));
  $("forecast").className = verdict.is_too_old ? "bad" : "";
  put("unfetched", look.over ? "" : say(look.unfetched));
  put("missing", look.missing.length ? `${t("missing")}: ${look.missing.map(say).join(language === "ja" ? "、" : ", ")}` : "");
  draw("todo", look.todo, () => look.todo.map((one) => {
    const item = tag("li", `${say(one)} `);
    if (one.command) item.append(tag("code", one.command));
    if (one.runbook) item.append(runbook(one.runbook, t("runbook")));
    return item;
  }));
}

function showClock() {
  const clock = look.run ? look.clock : null;
  const many = look.run && look.run.of > look.run.shown ? ` · ${t("shown").replace("{n}", look.run.shown).replace("{of}", look.run.of)}` : "";
  put("run", look.run ? `${look.run.id}${many}${look.over ? ` · ${t("over")}` : ""}` : "");
  put("clock", clock ? `${moment(clock.now)}${clock.wished === 0 ? ` · ${t("paused")}` : ""}` : "");
  put("office", clock ? (clock.office.open ? t("open") : `${t("closed")} (${t("opens")} ${moment(clock.office.opens_at)})`) : "");
  $("control-section").hidden = !clock || look.over;
  if (!clock) return;
  const wished = clock.wished === null ? t("asStarted") : clock.wished === 0 ? t("paused") : `×${count(clock.wished)}`;
  pairs("pace", [[t("filed"), moment(clock.filed)], [t("came"), moment(clock.now)], [t("behind"), span(clock.behind_s === null ? null : clock.behind_s / 3600)],
    [t("speed"), `×${count(clock.speed < 10 ? clock.speed : Math.round(clock.speed))} · ${wished}`]]);
  $("control").hidden = !clock.can_control;
  if (!clock.can_control) put("answer", t("readOnly"));
}

function showFlow() {
  const { twins, flow } = look, every = (key) => twins.map((twin) => ({ mark: twin.mark, colour: twin.colour, name: say(twin.name), value: twin[key] }));
  const several = twins.length > 1 && twins.length <= 6;
  const stage = (name, note, key) => {
    const rows = every(key), total = sumOf(rows.map((row) => row.value));
    return { name: t(name), note: t(note) + (twins.length > 6 ? ` (${t("cities").replace("{n}", twins.length)})` : ""), total, rows: several ? rows : [] };
  };
  const shared = (name, note, total) => ({ name: t(name), note: t(note), total, rows: [] });
  const zones = [
    { name: t("internet"), stages: [stage("portal", "accepted", "accepted")] },
    { name: t("lgwan"), stages: [shared("linkage", "unfetched", flow.fetch)] },
    { name: t("business"), stages: [shared("management", "intake", flow.intake), stage("office", "backlog", "backlog"),
      stage("core", "registered", "registered"), stage("decisions", "decided", "decided")] },
  ];
  draw("flow", zones, () => drawFlow(zones));
}

function showTwins() {
  const { twins } = look;
  const curves = twins.map((twin) => ({ mark: twin.mark, colour: twin.colour, curve: twin.curve,
    through: twin.forecast.prospect === "through" ? null : twin.forecast.likely && twin.forecast.likely.day }));
  const lines = look.deadline ? [{ day: look.deadline, cls: "deadline", text: t(look.has_deadline ? "deadline" : "lastDay") },
    { day: look.target, cls: "target", text: t("target") }] : [];
  const width = Math.max(200, $("curves").clientWidth);
  draw("curves", [curves, lines, width, colourOf("ink")], () => drawCurves(curves, lines, { title: t("curves"), through: t("through") }, width));
  draw("twins", twins, () => [head(t("heads")), ...twins.map((twin) => {
    const name = tag("td", drawMark(twin.mark, twin.colour));
    name.append(say(twin.name));
    const { prospect, likely, early, late } = twin.forecast;
    const when = prospect === "unknown" ? "" : likely ? say(likely) : t("never");
    const through = tag("td", `${ICONS[prospect]} ${prospect === "through" ? "" : when}`);
    if (early && late) through.title = `${say(early)} – ${say(late)}`;
    return tableRow([name, through, span(twin.oldest_h), count(twin.clerks), count(twin.paper_waiting), say(twin.limit) || t("nothing")]);
  })]);
}

// Alerts name methods as the metrics do, with a space behind, which Japanese has no use for.
const named = (text) => look.twins.reduce((said, { method, method_name }) => {
  const name = say(method_name);
  return said.replaceAll(`${method} `, language === "ja" ? name : `${name} `).replaceAll(method, name);
}, text);

function showRest() {
  const share = (name) => [t(name), `${count(look.resources[name].busy)} / ${count(look.resources[name].there)}`];
  const paper = sumOf(look.twins.map((twin) => twin.paper_waiting));
  const pace = look.pace ? [[t("atRisk"), count(look.pace.at_risk), look.pace.at_risk ? "bad" : ""], [t("countedAge"), span(look.pace.age_h)],
    [t("lastWindows"), `${count(look.pace.registered.hour)} / ${count(look.pace.registered.day)}`], [t("lastMinute"), count(look.pace.registered.minute)]] : [];
  const at = look.work ? [[t("officeAt"), `${moment(look.work.at)} · ${t(look.work.open ? "open" : "closed")}`]] : [];
  pairs("work", [...at, share("clerks"), share("robots"), share("login_seats"), [t("paper"), count(paper)], ...pace, [t("kafka"), count(look.kafka.records)],
    [t("kafkaAge"), count(look.kafka.seconds)], [t("stopped"), count(look.kafka.stopped), look.kafka.stopped ? "bad" : ""],
    [t("held"), count(look.held)], [t("updates"), count(look.updates)]]);
  const alerts = look.alerts || [];
  draw("alerts", look.alerts, () => look.alerts === null ? [tag("li", t("off"))] : alerts.length ? alerts.map((one) => {
    const item = tag("li", tag("b", one.name), one.state === "firing" ? one.severity : "soft");
    item.append(`${one.state === "firing" ? "" : ` (${t("pending")})`}: ${named(say(one.summary) || one.summary.en)} `);
    if (one.runbook) {
      const [page, anchor] = one.runbook.split("#"), place = runbook(one.runbook, page);
      place.append(document.createElement("wbr"), `#${anchor}`);
      item.append(tag("small", `${t("runbook")}: `), place);
    }
    return item;
  }) : [tag("li", t("none"))]);
  const lines = ["accepted", "registered", "not_accepted", "withdrawn", "expired", "transferred", "dead_lettered", "in_flight", "unaccounted"];
  const ledger = look.ledger || Object.fromEntries(lines.map((line) => [line, null]));
  pairs("ledger", look.run ? lines.map((line) => [t(line), count(ledger[line]), line === "unaccounted" && ledger[line] ? "bad" : ""]) : []);
  draw("oldest", look.oldest, () => [head(t("oldHeads")), ...(look.oldest || []).map((one) => {
    const button = tag("button", one.receipt_number, "link");
    button.type = "button";
    button.dataset.key = one.receipt_number;
    button.addEventListener("click", () => openCase(one.receipt_number));
    const first = tag("td", drawMark(one.mark, (look.twins.find((twin) => twin.mark === one.mark) || {}).colour || "#6b7280"));
    first.append(button);
    return tableRow([first, tag("td", say(one.procedure), "text"), tag("td", statusWord(one.status), "text"), span(one.age_h)]);
  })]);
}

function show() {
  document.documentElement.lang = language;
  document.title = look && look.verdict ? `${ICONS[look.verdict.state]} ${[say(look.verdict.word), asOf()].filter(Boolean).join(" ")} · ${t("title")}` : t("title");
  put("language", t("switchTo"));
  $("language").lang = language === "en" ? "ja" : "en";
  for (const one of document.querySelectorAll("[data-t]")) if (one.textContent !== t(one.dataset.t)) one.textContent = t(one.dataset.t);
  for (const one of document.querySelectorAll("[data-label]")) one.setAttribute("aria-label", t(one.dataset.label));
  $("link").className = `dot ${connected ? "on" : "off"}`;
  put("link", connected ? t("live") : t("gone"));
  if (!look || !look.verdict) return;
  document.body.classList.toggle("quiet", !look.run);
  showVerdict();
  showClock();
  showRest();
  if (look.run) { showFlow(); showTwins(); }
}

async function control(speed) {
  try {
    const answer = await fetch("/control", {
      method: "POST", headers: { "X-Shinsei-Token": $("token").value }, body: JSON.stringify({ speed }),
    });
    const said = await answer.json();
    put("answer", answer.ok ? t("sent") : say(said.error));
  } catch { put("answer", t("gone")); }
}

function listen() {
  const events = new EventSource("/events");
  events.onopen = () => { connected = true; show(); };
  events.onerror = () => {
    connected = false;
    show();
    if (events.readyState === EventSource.CLOSED) setTimeout(listen, 3000);
  };
  events.onmessage = (event) => { connected = true; look = { oldest: [], todo: [], missing: [], twins: [], ...JSON.parse(event.data) }; show(); };
}

$("language").addEventListener("click", () => {
  language = language === "en" ? "ja" : "en";
  try { localStorage.setItem(LANGUAGE_KEY, language); } catch { /* no storage: for this page only */ }
  show();
});
$("control").addEventListener("submit", (event) => event.preventDefault());
for (const button of document.querySelectorAll("[data-speed]")) {
  button.addEventListener("click", () => control(JSON.parse(button.dataset.speed)));
}
window.addEventListener("hashchange", openAddressed);
// The curves are drawn for a width and a theme.
const drawAgain = () => { if (look?.run) showTwins(); };
new ResizeObserver(drawAgain).observe($("curves"));
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAgain);
show();
listen();
openAddressed();
