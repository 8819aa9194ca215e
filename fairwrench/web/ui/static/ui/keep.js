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
  const values = (form) => fields(form).map((field) => [field.name, ticked(field) ? field.checked : field.value]);

  function keep(form) {
    changed.add(form);
    sessionStorage.setItem(key(form), JSON.stringify({ values: values(form), sent: false }));
  }

  function forget(form) {
    changed.delete(form);
    sessionStorage.removeItem(key(form));
  }

  // A form that was sent is done with once a page of the same person comes back that does not say it was refused.
  function settle() {
    const refused = !who || document.querySelector("[data-unsaved]");
    for (const name of every()) {
      const kept = JSON.parse(sessionStorage.getItem(name));
      if (!kept.sent) continue;
      if (!refused) sessionStorage.removeItem(name);
      else sessionStorage.setItem(name, JSON.stringify({ ...kept, sent: false }));
    }
  }

  function restore(form) {
    const kept = JSON.parse(sessionStorage.getItem(key(form)) || "null");
    if (!kept || JSON.stringify(kept.values) === JSON.stringify(values(form))) return;
    const found = fields(form);
    if (kept.values.length !== found.length || kept.values.some(([name], at) => name !== found[at].name)) return;
    kept.values.forEach(([, value], at) => {
      if (ticked(found[at])) found[at].checked = value;
      else found[at].value = value;
    });
    changed.add(form);
    const note = form.querySelector("[data-restored]");
    if (note) note.hidden = false;
    form.dispatchEvent(new Event("restored", { bubbles: true }));
  }

  addEventListener("input", (event) => {
    const form = event.target.form;
    if (form && form.matches("form[data-keep]")) keep(form);
  });

  addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented) return;
    if ((form.getAttribute("action") || "").endsWith("/logout/")) {
      every().forEach((name) => sessionStorage.removeItem(name));
      leaving = true;
    } else if (form.matches("form[data-keep]")) {
      sessionStorage.setItem(key(form), JSON.stringify({ values: values(form), sent: true }));
      leaving = true;
    }
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
