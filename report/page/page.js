"use strict";
(() => {
  const $ = (s, e) => (e || document).querySelector(s);
  const all = (s, e) => [...(e || document).querySelectorAll(s)];
  // What the reader has chosen. It outlives a newer page of a live run.
  const chosen = {filter: "", cell: "", base: "", more: false, sort: {}, open: {}};

  // --- sorting

  const cellsOf = (row) => row.cells;
  function sort(table, key, dir) {
    const ths = all("thead th", table);
    const at = ths.findIndex((th) => th.dataset.key === key);
    if (at < 0) return;
    chosen.sort[table.id] = {key, dir};
    table.classList.toggle("sorted", key !== "rank" || dir !== "asc");
    const sign = dir === "asc" ? 1 : -1;
    const value = (row) => {
      const cell = cellsOf(row)[at];
      if (key === "name") return cell.textContent;
      const v = Number(cell.dataset.v ?? cell.firstChild.data);
      return Number.isNaN(v) ? null : v;
    };
    const body = table.tBodies[0];
    const rows = [...body.rows].map((row, i) => ({row, i, v: value(row)}));
    rows.sort((a, b) => {
      if (a.v === null || b.v === null) return (a.v === null) - (b.v === null) || a.i - b.i; // without a value: last
      const d = key === "name" ? a.v.localeCompare(b.v) : a.v - b.v;
      return sign * d || a.i - b.i;
    });
    body.append(...rows.map((r) => r.row));
    for (const th of ths) {
      if (th.dataset.key === key) th.setAttribute("aria-sort", dir === "asc" ? "ascending" : "descending");
      else th.removeAttribute("aria-sort");
    }
  }

  function makeSortable(table) {
    for (const th of all("thead th[data-key]", table)) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "sort";
      button.append(...th.childNodes);
      th.append(button);
      button.addEventListener("click", () => {
        const was = th.getAttribute("aria-sort");
        const now = chosen.sort[table.id] || (was && {key: th.dataset.key, dir: was === "ascending" ? "asc" : "desc"});
        const first = th.dataset.first || "asc";
        sort(table, th.dataset.key, now && now.key === th.dataset.key ? (now.dir === "asc" ? "desc" : "asc") : first);
      });
    }
    const s = chosen.sort[table.id];
    if (s) sort(table, s.key, s.dir);
  }

  // --- filtering

  const names = () => all("#names option").map((o) => o.value.toLowerCase());
  // wordsOf cuts what was typed at its commas, but not within a name that has some.
  function wordsOf(text, list) {
    let rest = text.toLowerCase();
    const words = [];
    for (const n of list.filter((n) => n.includes(",")).sort((a, b) => b.length - a.length)) {
      if (!rest.includes(n)) continue;
      words.push(n);
      rest = rest.replaceAll(n, ",");
    }
    return words.concat(rest.split(",").map((w) => w.trim()).filter(Boolean));
  }
  function apply() {
    const list = names();
    const words = wordsOf(chosen.filter, list);
    const wanted = list.map((n) => !words.length || words.some((w) => n.includes(w)));
    for (const e of all("#main [data-c]")) {
      const in_ = wanted[Number(e.dataset.c)] !== false;
      const cell = e.dataset.cell === undefined || chosen.cell === "" || e.dataset.cell === chosen.cell;
      e.toggleAttribute("hidden", !(in_ && cell));
      e.classList.toggle("on", words.length > 0 && in_);
    }
    for (const d of all("details.cell")) {
      const hit = chosen.cell === "" || d.dataset.cell === chosen.cell;
      d.toggleAttribute("hidden", !hit);
      if (chosen.cell !== "" && hit) d.open = true;
    }
    for (const td of all(".map td[data-cell]")) td.classList.toggle("in", chosen.cell !== "" && td.dataset.cell === chosen.cell);
    if (words.length) for (const d of all("details.rest")) d.open = true;
    $("#main").classList.toggle("one", chosen.cell !== "");
    const shown = all("#results tbody tr").filter((r) => !r.hidden).length;
    const total = all("#results tbody tr").length;
    const out = $("#shown");
    if (out) out.textContent = shown === total ? "" : shown + " of " + total + " rows";
  }

  // --- maps: values, or differences to a baseline

  function maps() {
    // The differences stand in the order of the choices, which is another in a newer page: by rank. Who is not among them has none.
    const select = $("#base");
    const base = chosen.base === "" || !select ? -1 : [...select.options].findIndex((o) => o.value === chosen.base) - 1;
    for (const td of all(".map td[data-d]")) {
      if (!td.dataset.html) { td.dataset.html = td.innerHTML; td.dataset.class = td.className; }
      const in_ = td.classList.contains("in");
      if (base < 0) { td.innerHTML = td.dataset.html; td.className = td.dataset.class; }
      else {
        const d = (td.dataset.d.split("|")[base] || "").split(",");
        const shade = Number(d[0] || 0);
        let text = d[1] || "–";
        const unsure = text.startsWith("~");
        if (unsure) text = text.slice(1);
        td.className = shade < 0 ? "e" + -shade : "d" + shade;
        td.textContent = text;
        const small = document.createElement("small");
        small.textContent = !d[1] ? "not known" : text === "baseline" ? "" : unsure ? "≈" : shade > 0 ? "▲" : shade < 0 ? "▼" : "";
        if (d[2]) small.textContent += " " + d[2];
        td.append(small);
      }
      td.classList.toggle("in", in_);
    }
    for (const s of all(".scale")) s.hidden = base >= 0;
  }

  // --- values under the pointer

  const tip = document.createElement("div");
  tip.id = "tip";
  tip.hidden = true;
  document.body.append(tip);
  const say = (text, x, y) => {
    tip.textContent = text;
    tip.hidden = false;
    const r = tip.getBoundingClientRect();
    tip.style.left = Math.max(4, Math.min(x + 14, innerWidth - r.width - 6)) + "px";
    tip.style.top = (y + r.height + 24 > innerHeight ? y - r.height - 10 : y + 18) + "px";
  };
  const hush = () => { tip.hidden = true; for (const c of all(".cursor")) c.remove(); };
  const parsed = new WeakMap();
  function pointsOf(svg, selector) {
    const e = $(selector, svg);
    if (!e) return null;
    if (!parsed.has(e)) parsed.set(e, e.getAttribute("points").split(" ").map((p) => p.split(",").map(Number)));
    return parsed.get(e);
  }
  const nearest = (points, x) => {
    let best = 0;
    points.forEach((p, i) => { if (Math.abs(p[0] - x) < Math.abs(points[best][0] - x)) best = i; });
    return best;
  };
  const round = (v) => String(v >= 100 ? Math.round(v) : Number(v.toPrecision(3)));
  const moment = (v, end) => v.toFixed(end < 1000 ? 1 : 0); // bins are 0.1 s, and wider in long trials
  function overStrip(svg, ev) {
    const strips = svg.closest(".strips");
    const r = svg.getBoundingClientRect();
    const share = (ev.clientX - r.left) / r.width;
    if (share < 0 || share > 1) return hush();
    const x = share * 1000, strip = svg.closest(".strip");
    const value = (sel, top, of, last) => {
      const p = pointsOf(of, sel);
      if (!p) return 0;
      return Math.max(0, (1000 - p[last ? last(p) : nearest(p, x)][1]) / 1000 * top);
    };
    const d = strips.dataset, good = $(".plot:not(.act)", strip), act = $(".act", strip);
    let text = moment(share * Number(d.end), Number(d.end)) + " s";
    if (good) text += ": " + round(value(".line", Number(d.top), good)) + " MiB/s"; // of files that are deleted there is none
    // from the lowest of the trials to the highest: a band goes there along these and back along those
    const range = (sel, top, of) => {
      const band = of && pointsOf(of, sel);
      if (!band) return "";
      const i = nearest(band.slice(0, band.length / 2), x);
      const v = (p) => round(Math.max(0, (1000 - p[1]) / 1000 * top));
      return " (" + v(band[band.length - 1 - i]) + "–" + v(band[i]) + ")";
    };
    text += range(".band", Number(d.top), good);
    const th = value(".throttled", Number(d.busy), act), fa = value(".failed", Number(d.busy), act);
    text += "; per second: " + round(value(".attempts", Number(d.busy), act)) + range(".of-attempts", Number(d.busy), act) + " attempts";
    if (th > 0) text += ", " + round(th) + range(".of-throttled", Number(d.busy), act) + " throttled";
    if (fa > 0) text += ", " + round(fa) + range(".of-failed", Number(d.busy), act) + " failed";
    text += "; " + round(value(".flight", Number(d.flight), act)) + range(".of-flight", Number(d.flight), act) + " in flight";
    for (const c of all(".cursor")) c.remove();
    for (const s of all(".tl", strips)) {
      const l = document.createElementNS("http://www.w3.org/2000/svg", "line");
      l.setAttribute("class", "cursor");
      l.setAttribute("x1", share * 100 + "%");
      l.setAttribute("x2", share * 100 + "%");
      l.setAttribute("y2", "100%");
      s.append(l);
    }
    say(text, ev.clientX, ev.clientY);
  }
  // titled finds what stands under the pointer and has something to say. Its title becomes ours, so that the browser shows no second one.
  function titled(e) {
    for (; e && e !== document.body; e = e.parentElement) {
      if (e.dataset && e.dataset.t) return e;
      if (e.title) { e.dataset.t = e.title; e.removeAttribute("title"); return e; }
      const t = e.namespaceURI.endsWith("svg") && [...e.children].find((c) => c.localName === "title");
      if (t) {
        if (e.getAttribute("role") === "img") { e.setAttribute("aria-label", t.textContent); t.remove(); return null; }
        e.dataset.t = t.textContent;
        t.remove();
        return e;
      }
      if (e.getAttribute && e.getAttribute("role") === "img") return null;
    }
    return null;
  }
  addEventListener("pointermove", (ev) => {
    const e = ev.target;
    if (!(e instanceof Element)) return hush();
    const tl = e.closest(".tl");
    const t = titled(e);
    if (tl) return overStrip(tl, ev);
    if (t) return say(t.dataset.t, ev.clientX, ev.clientY);
    hush();
  }, {passive: true});
  addEventListener("scroll", hush, {passive: true, capture: true});
  addEventListener("keydown", (ev) => { if (ev.key === "Escape") hush(); });

  // --- setting up, once and after every newer page

  function wire(root) {
    const bind = (id, event, take) => {
      const e = $("#" + id, root);
      if (!e) return;
      if (e.type === "checkbox") e.checked = chosen.more;
      else if (e.value !== chosen[id] && !(e.options && ![...e.options].some((o) => o.value === chosen[id]))) e.value = chosen[id];
      e.addEventListener(event, () => take(e));
    };
    const form = root.id === "controls" ? root : $("#controls", root);
    if (form) { form.hidden = false; form.addEventListener("submit", (ev) => ev.preventDefault()); }
    bind("filter", "input", (e) => { chosen.filter = e.value; apply(); });
    bind("cell", "change", (e) => { chosen.cell = e.value; apply(); });
    bind("base", "change", (e) => { chosen.base = e.value; maps(); apply(); });
    bind("more", "change", (e) => { chosen.more = e.checked; });
    for (const table of all("table.sortable", root)) makeSortable(table);
    for (const d of all("details[id]", root)) {
      if (d.id in chosen.open) d.open = chosen.open[d.id];
      d.addEventListener("toggle", () => { chosen.open[d.id] = d.open; });
    }
  }
  let printed = [];
  addEventListener("beforeprint", () => { printed = all("details.cell:not([open]):not([hidden])"); for (const d of printed) d.open = true; });
  addEventListener("afterprint", () => { for (const d of printed) d.open = false; });

  // --- a run that is going on: what has changed in a newer page takes the place of what is here

  const served = new Map(); // the parts of main as they came, by id
  const root = document.documentElement;
  if (root.dataset.live === "true") for (const e of $("#main").children) served.set(e.id, e.outerHTML);
  function take(text) {
    const page = new DOMParser().parseFromString(text, "text/html");
    const main = $("#main", page);
    if (!main) throw new Error("not a report");
    const here = $("#main");
    const anchor = [...here.children].find((e) => e.getBoundingClientRect().bottom > 0);
    const before = anchor && {id: anchor.id, top: anchor.getBoundingClientRect().top};
    const focus = document.activeElement && document.activeElement.id;
    const wanted = [...main.children];
    const ids = new Set(wanted.map((e) => e.id));
    for (const old of [...here.children]) if (!ids.has(old.id)) { old.remove(); served.delete(old.id); }
    let place = null;
    for (const e of wanted) {
      const old = document.getElementById(e.id);
      if (old && served.get(e.id) === e.outerHTML) { place = old; continue; }
      served.set(e.id, e.outerHTML);
      const fresh = document.importNode(e, true);
      if (old) old.replaceWith(fresh); else if (place) place.after(fresh); else here.prepend(fresh);
      wire(fresh);
      place = fresh;
    }
    document.title = page.title;
    root.dataset.ended = page.documentElement.dataset.ended;
    maps();
    apply();
    if (focus && document.activeElement === document.body) { const f = document.getElementById(focus); if (f) f.focus({preventScroll: true}); }
    const now = before && document.getElementById(before.id);
    if (now) scrollBy(0, now.getBoundingClientRect().top - before.top);
  }
  let missed = 0;
  async function poll() {
    try {
      const answer = await fetch(location.href, {cache: "no-store"});
      if (!answer.ok) throw new Error(answer.status);
      take(await answer.text());
      missed = 0;
    } catch (e) {
      if (++missed >= 5) {
        const s = $("#status");
        if (s) s.textContent += " – nobody answers any more";
        return;
      }
    }
    if (root.dataset.ended !== "true") setTimeout(poll, 2000);
  }
  wire($("#main"));
  apply();
  if (root.dataset.live === "true" && root.dataset.ended !== "true") setTimeout(poll, 2000);
})();
