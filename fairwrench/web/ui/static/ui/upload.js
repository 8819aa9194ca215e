// [data-dropzone]: many files, also whole folders, dropped one after the other; each can be taken out again.
(() => {
  const size = (bytes) => (bytes < 1048576 ? `${Math.ceil(bytes / 1024)} KB` : `${(bytes / 1048576).toFixed(1)} MB`);

  function chosen(input, files) {
    const kept = new DataTransfer();
    files.forEach((file) => kept.items.add(file));
    input.files = kept.files;
    show(input);
  }

  function line(input, file, at) {
    const item = document.createElement("li");
    const name = Object.assign(document.createElement("span"), { textContent: file.name });
    const weight = Object.assign(document.createElement("span"), { textContent: size(file.size), className: "text-secondary num" });
    const out = Object.assign(document.createElement("button"), { type: "button", className: "btn-close" });
    out.setAttribute("aria-label", `${input.closest("[data-dropzone]").dataset.each} ${file.name}`);
    out.addEventListener("click", () => chosen(input, [...input.files].filter((_, other) => other !== at)));
    item.append(name, weight, out);
    return item;
  }

  function show(input) {
    const list = input.closest("[data-dropzone]").querySelector(".dropzone-files");
    list.replaceChildren(...[...input.files].map((file, at) => line(input, file, at)));
  }

  function read(entry) {
    if (entry.isFile) return new Promise((done) => entry.file((file) => done([file]), () => done([])));
    const reader = entry.createReader();
    const next = () => new Promise((done) => reader.readEntries(done, () => done([])));
    return (async () => {
      const found = [];
      for (let some = await next(); some.length; some = await next()) found.push(...some);
      return (await Promise.all(found.map(read))).flat();
    })();
  }

  document.addEventListener("dragover", (event) => {
    const zone = event.target.closest && event.target.closest("[data-dropzone]");
    if (!zone) return;
    event.preventDefault();
    zone.classList.add("is-over");
  });
  document.addEventListener("dragleave", (event) => {
    const zone = event.target.closest && event.target.closest("[data-dropzone]");
    if (zone && !zone.contains(event.relatedTarget)) zone.classList.remove("is-over");
  });
  document.addEventListener("drop", async (event) => {
    const zone = event.target.closest && event.target.closest("[data-dropzone]");
    if (!zone) return;
    event.preventDefault();
    zone.classList.remove("is-over");
    const input = zone.querySelector("input[type=file]");
    const entries = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry && item.webkitGetAsEntry());
    const plain = [...event.dataTransfer.files];
    const dropped = entries.every(Boolean) ? (await Promise.all(entries.map(read))).flat() : plain;
    const seen = dropped.filter((file) => !file.name.startsWith("."));
    chosen(input, input.multiple ? [...input.files, ...seen] : seen.slice(0, 1));
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-dropzone] input[type=file]")) show(event.target);
  });
  document.addEventListener("htmx:xhr:progress", (event) => {
    const bar = event.target.querySelector && event.target.querySelector("[data-dropzone] progress");
    if (!bar || !event.detail.lengthComputable) return;
    bar.hidden = false;
    bar.value = (100 * event.detail.loaded) / event.detail.total;
  });
})();
