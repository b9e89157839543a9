"use strict";
(() => {
  const root = document.documentElement;
  const title = document.querySelector("title");
  const titles = JSON.parse(title.dataset.titles);
  const remember = (language) => { try { localStorage.setItem("shinsei-language", language); } catch { /* private */ } };
  const remembered = () => { try { return localStorage.getItem("shinsei-language"); } catch { return null; } };
  const show = (language) => { root.lang = language; title.textContent = titles[language]; };
  const wanted = location.hash.slice(1);
  const preferred = (navigator.language || "en").startsWith("ja") ? "ja" : "en";
  show(wanted in titles ? wanted : remembered() || preferred);
  for (const button of document.querySelectorAll("[data-lang]")) {
    button.addEventListener("click", () => { show(button.dataset.lang); remember(button.dataset.lang); });
  }
  const folded = document.querySelectorAll("details");
  addEventListener("beforeprint", () => folded.forEach((one) => { one.open = true; }));

  const data = JSON.parse(document.getElementById("data").textContent);
  const sensor = document.getElementById("backlog-sensor");
  const cursor = document.getElementById("backlog-cursor");
  const tip = document.getElementById("tip");
  if (!sensor) return;
  const hide = () => { tip.hidden = true; cursor.style.visibility = "hidden"; };
  sensor.addEventListener("pointerleave", hide);
  sensor.addEventListener("pointermove", (event) => {
    const area = sensor.getBoundingClientRect();
    const share = Math.min(1, Math.max(0, (event.clientX - area.left) / area.width));
    const hour = Math.round(share * (data.end - data.start) / data.hour);
    const x = data.left + share * data.width;
    cursor.setAttribute("x1", x);
    cursor.setAttribute("x2", x);
    cursor.style.visibility = "visible";
    const at = new Date(data.start + hour * data.hour);
    const when = at.toLocaleString(root.lang === "ja" ? "ja-JP" : "en-GB", {
      timeZone: "Asia/Tokyo", weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit",
    });
    tip.replaceChildren();
    const head = document.createElement("b");
    head.textContent = when;
    tip.append(head);
    for (const method of data.methods) {
      const row = document.createElement("span");
      const name = document.createElement("i");
      name.textContent = method[root.lang];
      name.style.color = method.colour;
      const value = document.createElement("i");
      value.textContent = (method.backlog[hour] ?? 0).toLocaleString();
      row.append(name, value);
      tip.append(row);
    }
    tip.hidden = false;
    const left = event.pageX + 16 + tip.offsetWidth > root.clientWidth ? event.pageX - tip.offsetWidth - 14 : event.pageX + 16;
    tip.style.left = `${left}px`;
    tip.style.top = `${event.pageY + 12}px`;
  });
})();
