// What is typed into a form[data-keep] survives an expired session, a crash and a wrong click: it lies in this tab's
// sessionStorage until the form was really taken. Passwords, files and hidden fields are never kept.
(() => {
  const root = document.documentElement;
  const who = root.dataset.user || "";
  const prefix = `kept:${who}:`;
  const passed = new Set(["password", "file", "hidden", "submit", "button"]);
  const changed = new Set();
  let leaving = false;

  const forms = () => [...document.querySelectorAll("form[data-keep]")];
  const key = (form) => `${prefix}${location.pathname}:${form.dataset.keep || form.getAttribute("action") || ""}`;
  const every = () => Object.keys(sessionStorage).filter((name) => name.startsWith("kept:"));
  const fields = (form) => [...form.elements].filter((field) => field.name && !passed.has(field.type));
  const ticked = (field) => field.type === "checkbox" || field.type === "radio";
  const current = (field) => (ticked(field) ? field.checked : field.value);
  const values = (form) => fields(form).map((field) => [field.name, current(field)]);
  const brought = (field) => {
    if (field.tagName !== "SELECT") return ticked(field) ? field.defaultChecked : field.defaultValue;
    return ([...field.options].find((option) => option.defaultSelected) || field.options[0] || field).value;
  };
  // form[data-keep-changed] is saved piece by piece: only what differs from what the page brought is kept, as another tab
  // may have changed the rest since.
  const partly = (form) => form.hasAttribute("data-keep-changed");
  const untouched = (form) => partly(form) && fields(form).every((field) => current(field) === brought(field));

  function kept(form) {
    if (!partly(form)) return values(form);
    return fields(form).map((field) => (current(field) === brought(field) ? [field.name] : [field.name, current(field)]));
  }

  function keep(form) {
    if (untouched(form)) return forget(form);
    changed.add(form);
    sessionStorage.setItem(key(form), JSON.stringify({ values: kept(form), sent: false }));
  }

  function forget(form) {
    changed.delete(form);
    sessionStorage.removeItem(key(form));
  }

  // A form that was sent is done with once a page of the same person comes back that does not say it was refused.
  function settle() {
    const refused = !who || document.querySelector("[data-unsaved]");
    for (const name of every()) {
      const before = JSON.parse(sessionStorage.getItem(name));
      if (!before.sent) continue;
      if (!refused) sessionStorage.removeItem(name);
      else sessionStorage.setItem(name, JSON.stringify({ ...before, sent: false }));
    }
  }

  function restore(form) {
    const before = JSON.parse(sessionStorage.getItem(key(form)) || "null");
    if (!before || JSON.stringify(before.values) === JSON.stringify(kept(form))) return;
    const found = fields(form);
    if (before.values.length !== found.length || before.values.some(([name], at) => name !== found[at].name)) return;
    before.values.forEach(([, value], at) => {
      if (value === undefined) return;
      if (ticked(found[at])) found[at].checked = value;
      else found[at].value = value;
    });
    changed.add(form);
    const note = form.querySelector("[data-restored]");
    if (note) note.hidden = false;
    form.dispatchEvent(new Event("restored", { bubbles: true }));
  }

  // once for all the fields that a script fills in at one go
  const soon = new Set();
  addEventListener("input", (event) => {
    const form = event.target.form;
    if (!form || !form.matches("form[data-keep]")) return;
    if (!soon.size) {
      queueMicrotask(() => {
        soon.forEach(keep);
        soon.clear();
      });
    }
    soon.add(form);
  });

  addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented) return;
    if ((form.getAttribute("action") || "").endsWith("/logout/")) {
      every().forEach((name) => sessionStorage.removeItem(name));
      leaving = true;
    } else if (form.matches("form[data-keep]")) {
      sessionStorage.setItem(key(form), JSON.stringify({ values: kept(form), sent: true }));
      leaving = true;
    }
  });

  // A part of a form[data-keep-changed] was saved.
  addEventListener("saved", (event) => keep(event.target));

  // Whose session is over is led to sign in; what was typed is kept, so nobody has to be asked whether to leave.
  addEventListener("htmx:beforeSwap", (event) => {
    const answered = event.detail.xhr.responseURL;
    if (root.dataset.login && answered && new URL(answered).pathname === root.dataset.login) leaving = true;
  });

  addEventListener("htmx:afterRequest", (event) => {
    const form = event.target.closest("form[data-keep]");
    const { xhr, successful, requestConfig } = event.detail;
    const elsewhere = root.dataset.login && new URL(xhr.responseURL || location).pathname === root.dataset.login;
    if (form && successful && !elsewhere && requestConfig.verb !== "get") forget(form);
  });

  addEventListener("click", (event) => {
    if (!event.target.closest("[data-discard]")) return;
    forget(event.target.closest("form"));
    location.reload();
  });

  addEventListener("beforeunload", (event) => {
    if (!leaving && changed.size) event.preventDefault();
  });

  addEventListener("DOMContentLoaded", () => {
    settle();
    forms().forEach(restore);
  });
})();
