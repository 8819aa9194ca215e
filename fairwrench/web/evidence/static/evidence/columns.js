// The form of a kind of file offers the columns that may be meant: those typed on this page, and those of the kind of
// file chosen in the same line. Without this the names are typed all the same.
(() => {
  const own = () => document.getElementById("own-columns");
  const typed = () => [...document.querySelectorAll("[name^='c-'][name$='-zh'], [name^='c-'][name$='-en']")];

  function offerOwn() {
    const there = new Set([...own().options].map((option) => option.value));
    for (const field of typed()) {
      const word = field.value.trim();
      if (!word || there.has(word)) continue;
      there.add(word);
      own().append(Object.assign(document.createElement("option"), { value: word }));
    }
  }

  function offerTheirs(chosen) {
    for (const field of chosen.closest("tr").querySelectorAll("[data-theirs]")) {
      if (chosen.value) field.setAttribute("list", `columns-${chosen.value}`);
      else field.removeAttribute("list");
    }
  }

  addEventListener("change", (event) => {
    if (event.target.matches("select[data-columns-of]")) offerTheirs(event.target);
    if (typed().includes(event.target)) offerOwn();
  });
})();
