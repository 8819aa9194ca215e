// Small behaviours that pages ask for with data attributes; everything works without them, only less comfortably.
(() => {
  const root = document.documentElement;

  // [data-confirm]: what cannot be undone says what it will do, and asks once, in a dialog of the page (dialog.ask).
  addEventListener("submit", (event) => {
    const { target: form, submitter } = event;
    const asked = (submitter && submitter.dataset.confirm) || form.dataset.confirm;
    const dialog = document.querySelector("dialog.ask");
    if (!asked || !dialog || "agreed" in form.dataset) {
      delete form.dataset.agreed;
      return;
    }
    // before htmx sees it, which would send it all the same
    event.preventDefault();
    event.stopImmediatePropagation();
    dialog.querySelector("p").textContent = asked;
    dialog.returnValue = "";
    dialog.addEventListener("close", () => {
      if (dialog.returnValue !== "yes") return;
      form.dataset.agreed = "";
      form.requestSubmit(submitter || undefined);
    }, { once: true });
    dialog.showModal();
  }, true);

  // form[data-auto]: sent as soon as something is chosen.
  addEventListener("change", (event) => {
    const form = event.target.form;
    if (form && form.matches("form[data-auto]")) form.requestSubmit();
  });

  addEventListener("click", (event) => {
    if (event.target.closest("[data-print]")) print();
    const unfold = event.target.closest("[data-unfold]");
    if (!unfold) return;
    const steps = [...document.querySelectorAll(`${unfold.dataset.unfold} details.step`)];
    const open = steps.some((step) => !step.open);
    steps.forEach((step) => (step.open = open));
  });

  // An expired session answers a request for a part of the page with the sign-in page: go there instead of showing it.
  addEventListener("htmx:beforeSwap", (event) => {
    const answered = event.detail.xhr.responseURL;
    if (!root.dataset.login || !answered || new URL(answered).pathname !== root.dataset.login) return;
    event.detail.shouldSwap = false;
    location.assign(`${root.dataset.login}?next=${encodeURIComponent(location.pathname + location.search)}`);
  });

  // A field that proposes (`input[list]`) asks nothing more once one of its proposals stands in it.
  addEventListener("htmx:beforeRequest", (event) => {
    const { elt } = event.detail;
    if (elt.list && [...elt.list.options].some((option) => option.value === elt.value)) event.preventDefault();
  });

  // A request for a part of the page that failed says so until one succeeds; the page keeps what it showed.
  addEventListener("htmx:afterRequest", (event) => {
    const told = document.getElementById("failed");
    if (told) told.hidden = event.detail.successful;
  });
})();
