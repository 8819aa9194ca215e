// Light or dark, before anything is drawn. The account's setting holds on every device; the switch in the menu
// overrides it on this one, until the account's setting is changed again.
(() => {
  const root = document.documentElement;
  const set = root.dataset.look;
  const system = matchMedia("(prefers-color-scheme: dark)");

  function own() {
    try {
      const kept = JSON.parse(localStorage.getItem("theme"));
      return kept && kept.over === set ? kept.theme : null;
    } catch {
      return null;
    }
  }

  function show() {
    const wanted = own() || set;
    root.dataset.bsTheme = wanted === "auto" ? (system.matches ? "dark" : "light") : wanted;
    document.dispatchEvent(new Event("theme"));
  }

  show();
  system.addEventListener("change", show);
  addEventListener("beforeprint", () => (root.dataset.bsTheme = "light"));
  addEventListener("afterprint", show);
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-theme-toggle]")) return;
    const theme = root.dataset.bsTheme === "dark" ? "light" : "dark";
    localStorage.setItem("theme", JSON.stringify({ theme, over: set }));
    show();
  });
})();
