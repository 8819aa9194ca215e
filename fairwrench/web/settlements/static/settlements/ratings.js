// The rating grid saves each cell as it is filled in: what has changed waits in a line, one request at a time takes what
// waits, and its answer says of each cell that it is saved or what is wrong. What no request took is tried again.
addEventListener("DOMContentLoaded", () => {
  const root = document.getElementById("rating-grid");
  const form = document.getElementById("ratings");
  if (!root) return;
  const AT_ONCE = 120;
  const AGAIN = 5000;
  const told = document.getElementById("rating-told");
  const facts = document.getElementById("facts");
  const every = (within = root) => [...within.querySelectorAll("td.rating")];
  const waiting = new Set();
  let sent = null;
  let timer = 0;

  const fields = (cell) => [...cell.querySelectorAll("select, input:not([type=hidden])")];
  const value = (cell) => cell.querySelector("select, input.num");
  const example = (cell) => cell.querySelector(".example");
  const state = (cell) => cell.querySelector(".rating-state");
  const word = (field) => (field.tagName === "SELECT" ? ([...field.options].find((one) => one.defaultSelected) || field.options[0]).value : field.defaultValue);
  const differs = (cell) => fields(cell).some((field) => field.value !== word(field));
  const unsaved = (cell) => differs(cell) || cell.classList.contains("unfit");

  // What the page itself has to tell stands beside what the server answers, until somebody goes on.
  const note = root.querySelector("[data-note]");
  function say(text) {
    note.textContent = text;
    note.hidden = !text;
  }

  // What is saved is what the page starts from next time: a field is changed as long as it differs from that.
  function start(field, saved) {
    const now = field.value;
    if (field.tagName === "SELECT") for (const one of field.options) one.defaultSelected = one.value === saved;
    else field.defaultValue = saved;
    field.value = now;
  }

  function show(cell) {
    const chosen = value(cell);
    if (!chosen) return;
    const option = chosen.selectedOptions && chosen.selectedOptions[0];
    const needed = Boolean(option && "example" in option.dataset);
    const written = example(cell);
    written.toggleAttribute("data-wanted", needed);
    cell.classList.toggle("with-example", needed || written.value !== "" || "asked" in cell.dataset);
  }

  function count() {
    const cells = every();
    const missing = (cell) => "waited" in cell.dataset && value(cell) && !("rated" in state(cell).dataset);
    for (const cell of cells) cell.classList.toggle("missing", Boolean(missing(cell)));
    for (const row of root.querySelectorAll("tr[data-person]")) {
      const waited = every(row).filter((cell) => "waited" in cell.dataset);
      row.querySelector("[data-given]").textContent = `${waited.filter((cell) => !missing(cell)).length}/${waited.length}`;
    }
    const given = cells.filter((cell) => "rated" in state(cell).dataset).length;
    const lacks = cells.filter(missing).length;
    root.querySelector("[data-count=given]").textContent = given;
    root.querySelector("[data-count=missing]").textContent = lacks;
    root.querySelector("[data-missing]").hidden = !lacks;
    const levels = cells.map((cell) => state(cell).dataset.level).filter(Boolean);
    for (const share of root.querySelectorAll("[data-share]")) {
      const times = levels.filter((level) => level === share.dataset.share).length;
      share.querySelector(".num").textContent = times;
      share.querySelector("progress").value = levels.length ? (times * 100) / levels.length : 0;
    }
  }

  function mark() {
    const open = every().filter((cell) => unsaved(cell));
    // what is wrong is mended in its cell; for what no request took there is the button
    root.classList.toggle("unsaved", open.some((cell) => !["sending", "wrong"].includes(cell.dataset.state) && !waiting.has(cell)));
    if (!open.length) form.querySelector("[data-restored]").hidden = true;
  }

  function kept() {
    mark();
    form.dispatchEvent(new Event("saved", { bubbles: true }));
  }

  function queue(cell) {
    if (!unsaved(cell)) {
      // typed back to what stands: nothing to send, and what was wrong is wrong no more
      waiting.delete(cell);
      delete cell.dataset.state;
      return kept();
    }
    waiting.add(cell);
    clearTimeout(timer);
    // one tick later, so that a pasted block goes in one request
    timer = setTimeout(send, 0);
  }

  function send() {
    if (sent || !waiting.size) return;
    const values = {};
    sent = new Map();
    for (const cell of [...waiting].slice(0, AT_ONCE)) {
      waiting.delete(cell);
      const typed = new Map(fields(cell).map((field) => [field, field.value]));
      typed.forEach((text, field) => (values[field.name] = text));
      const seen = cell.querySelector("input[type=hidden]");
      values[seen.name] = seen.value;
      sent.set(cell, { typed, before: state(cell) });
      cell.dataset.state = "sending";
    }
    htmx.ajax("POST", location.pathname, { source: root, target: told, swap: "none", values });
  }

  function answered(cell, { typed, before }) {
    const now = state(cell);
    const answer = now !== before && now.dataset.answer;
    cell.dataset.state = answer === "kept" ? "saved" : answer ? "wrong" : "lost";
    // typed on before it was known that somebody else had changed it: that is to be seen first
    if (answer === "overtaken") waiting.delete(cell);
    if (answer !== "kept") return;
    cell.classList.remove("unfit");
    typed.forEach((text, field) => start(field, text));
    // changed again while it was under way
    if (differs(cell)) waiting.add(cell);
  }

  root.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.requestConfig.verb !== "post" || !sent) return;
    const { successful, xhr } = event.detail;
    const were = sent;
    sent = null;
    if (successful) were.forEach((what, cell) => answered(cell, what));
    else for (const cell of were.keys()) cell.dataset.state = "lost";
    // a server that is not there, or breaks down, may be there again; what it refuses it refuses again
    if (successful && note.textContent === root.dataset.lost) say("");
    const retried = !successful && (xhr.status === 0 || xhr.status >= 500);
    if (retried) {
      for (const cell of were.keys()) waiting.add(cell);
      say(root.dataset.lost);
      setTimeout(send, AGAIN);
    }
    count();
    kept();
    if (retried) root.classList.add("unsaved");
    else send();
  });

  addEventListener("online", send);

  root.addEventListener("change", (event) => {
    const cell = event.target.closest("td.rating");
    if (cell) {
      if (event.isTrusted) say("");
      show(cell);
      queue(cell);
    } else if (event.target.matches("[data-fill]")) fill(event.target, (each) => each.cellIndex === Number(event.target.dataset.fill));
    else if (event.target.closest("[data-fill-all]")) fill(event.target, () => true);
  });

  // For many at once: what is rated already stays, exceptions made before included.
  function fill(control, fits) {
    const level = control.value;
    control.value = "";
    let filled = 0;
    for (const cell of every(control.closest(".rating-card")).filter(fits)) {
      const field = value(cell);
      const offered = field && field.tagName === "SELECT" && [...field.options].some((one) => one.value === level);
      if (!level || !offered || field.value || "rated" in state(cell).dataset || !("waited" in cell.dataset)) continue;
      field.value = level;
      field.dispatchEvent(new Event("input", { bubbles: true }));
      field.dispatchEvent(new Event("change", { bubbles: true }));
      filled += 1;
    }
    if (level) say(root.dataset.filled.replace("{n}", filled));
  }

  root.addEventListener("pasted", (event) => {
    if (event.detail.unknown.length) say(root.dataset.unknown + event.detail.unknown.join(" "));
  });

  function write(cell) {
    cell.dataset.asked = "";
    show(cell);
    example(cell).focus();
  }

  root.addEventListener("keydown", (event) => {
    const cell = event.target.closest("td.rating");
    if (cell && !event.ctrlKey && !event.metaKey) say("");
    if (!cell || event.key !== "F2" || !example(cell)) return;
    event.preventDefault();
    write(cell);
  });

  root.addEventListener("click", (event) => {
    const cell = event.target.closest("td.rating");
    if (event.target.closest(".rating-note")) write(cell);
    const take = event.target.dataset.take;
    if (take) {
      const { level, points, example: words } = event.target.dataset;
      if (take === "theirs") {
        value(cell).value = value(cell).tagName === "SELECT" ? level : points;
        example(cell).value = words;
        fields(cell).forEach((field) => start(field, field.value));
      }
      event.target.closest(".btn-list").remove();
      state(cell).querySelector(".rating-wrong").remove();
      show(cell);
      value(cell).focus();
      queue(cell);
    }
    const step = event.target.closest("[data-step]");
    if (step) turn(at + Number(step.dataset.step), true);
  });

  let opener = null;
  facts.addEventListener("htmx:afterSwap", (event) => {
    opener = event.detail.requestConfig.elt;
    facts.showPopover();
  });
  facts.addEventListener("toggle", (event) => {
    if (event.newState === "closed" && opener) opener.focus();
  });
  addEventListener("keydown", (event) => {
    if (event.key === "Escape" && facts.matches(":popover-open")) facts.hidePopover();
  });

  // On a phone one person at a time; on a desk the same rows stand below each other.
  const people = [...root.querySelectorAll("tr[data-person]")];
  const pager = root.querySelector(".rating-pager");
  let at = 0;

  function turn(to, moved) {
    at = Math.min(Math.max(to, 0), people.length - 1);
    people.forEach((row, place) => row.classList.toggle("current", place === at));
    pager.querySelector("[data-at]").textContent = root.dataset.next.replace("{at}", at + 1).replace("{all}", people.length);
    pager.querySelector("[data-step='-1']").disabled = at === 0;
    pager.querySelector("[data-step='1']").disabled = at === people.length - 1;
    if (moved) people[at].scrollIntoView({ block: "start" });
  }

  root.classList.add("live");
  root.querySelectorAll(".rating-note, [data-fill], [data-fill-all]").forEach((control) => (control.hidden = false));
  pager.hidden = people.length < 2;
  for (const cell of every()) {
    show(cell);
    // what was typed before and came back (`keep.js`), or could not be kept
    if (value(cell) && unsaved(cell)) cell.dataset.state = "lost";
  }
  count();
  turn(0, false);
  mark();
});
