// A table[data-grid] of fields is filled in like a spreadsheet: Enter and Shift+Enter go down and up, arrows move (up
// and down in a list of levels with Alt, since plain arrows choose), and cells copied from a spreadsheet are pasted.
(() => {
  const rows = (grid) => [...grid.querySelectorAll("tbody tr")];
  const cells = (row) => [...row.cells];
  const entry = (cell) => cell && cell.querySelector("input:not([type=hidden]), select, textarea");

  function place(field) {
    const cell = field.closest("td, th");
    const grid = field.closest("table[data-grid]");
    return { grid, row: rows(grid).indexOf(cell.parentElement), column: cell.cellIndex };
  }

  function at(grid, row, column) {
    const line = rows(grid)[row];
    return line ? entry(cells(line)[column]) : null;
  }

  function step(field, down, right) {
    const { grid, row, column } = place(field);
    const width = cells(rows(grid)[row]).length;
    for (let r = row + down, c = column + right; r >= 0 && r < rows(grid).length && c >= 0 && c < width; r += down, c += right) {
      const next = at(grid, r, c);
      if (next && !next.disabled) return next;
    }
    return null;
  }

  function edge(field, right) {
    if (field.tagName === "SELECT" || field.type === "number" || field.type === "checkbox") return true;
    if (field.selectionStart !== field.selectionEnd) return field.selectionEnd - field.selectionStart === field.value.length;
    return field.selectionStart === (right > 0 ? field.value.length : 0);
  }

  function go(event, next) {
    event.preventDefault();
    if (!next) return;
    next.focus();
    if (next.select) next.select();
  }

  document.addEventListener("keydown", (event) => {
    const field = event.target;
    if (!field.closest || !field.closest("table[data-grid]") || field.tagName === "BUTTON" || field.tagName === "A") return;
    if (event.ctrlKey || event.metaKey || event.isComposing || field.tagName === "TEXTAREA") return;
    const chooses = field.tagName === "SELECT" && !event.altKey;
    if (event.key === "Enter") go(event, step(field, event.shiftKey ? -1 : 1, 0));
    else if (event.key === "ArrowDown" && !chooses) go(event, step(field, 1, 0));
    else if (event.key === "ArrowUp" && !chooses) go(event, step(field, -1, 0));
    else if (event.key === "ArrowRight" && !event.shiftKey && edge(field, 1)) go(event, step(field, 0, 1));
    else if (event.key === "ArrowLeft" && !event.shiftKey && edge(field, -1)) go(event, step(field, 0, -1));
  });

  function fill(field, text) {
    if (field.disabled || field.readOnly) return;
    const option = field.tagName === "SELECT" && [...field.options].find((each) => each.text.trim() === text || each.value === text);
    if (field.tagName === "SELECT" && !option) return;
    field.value = option ? option.value : text;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.dispatchEvent(new Event("change", { bubbles: true }));
  }

  document.addEventListener("paste", (event) => {
    const field = event.target;
    if (!field.closest || !field.closest("table[data-grid]")) return;
    const text = event.clipboardData.getData("text/plain").replace(/\r/g, "").replace(/\n$/, "");
    if (!/[\t\n]/.test(text) && field.tagName !== "SELECT") return;
    event.preventDefault();
    const { grid, row, column } = place(field);
    text.split("\n").forEach((line, down) =>
      line.split("\t").forEach((word, right) => {
        const target = at(grid, row + down, column + right);
        if (target) fill(target, word.trim());
      }),
    );
  });
})();
