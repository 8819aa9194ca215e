// A table[data-grid] of fields is filled in like a spreadsheet: Enter and Shift+Enter go down and up, arrows move, and
// cells copied from a spreadsheet are pasted. In a list of levels a digit takes the level of that place and Delete none;
// Space, or Alt with an arrow, opens the list.
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
    if (!next) {
      // at the edge nothing is left, so what was typed would not be told as changed
      if (event.key === "Enter") {
        event.target.blur();
        event.target.focus();
      }
      return;
    }
    next.focus();
    if (next.select) next.select();
  }

  // [data-wanted] of a cell has to be filled in before the cell counts, so Enter leads there first.
  function wanted(field) {
    const found = field.closest("td, th").querySelector("[data-wanted]");
    return found && found !== field && !found.value ? found : null;
  }

  function opened(list) {
    return CSS.supports("selector(:open)") && list.matches(":open");
  }

  function choose(event, list) {
    const levels = [...list.options].filter((option) => option.value);
    const none = event.key === "Delete" || event.key === "Backspace";
    const level = none ? [...list.options].find((option) => !option.value) : levels[Number(event.key) - 1];
    if (!level || (!none && !/^[1-9]$/.test(event.key))) return;
    event.preventDefault();
    if (list.value !== level.value) put(list, level.value);
  }

  document.addEventListener("keydown", (event) => {
    const field = event.target;
    if (!field.closest || !field.closest("table[data-grid]") || field.tagName === "BUTTON" || field.tagName === "A") return;
    if (event.ctrlKey || event.metaKey || event.isComposing || field.tagName === "TEXTAREA") return;
    const list = field.tagName === "SELECT";
    if (event.altKey || (list && opened(field))) return;
    if (event.key === "Enter") go(event, (!event.shiftKey && wanted(field)) || step(field, event.shiftKey ? -1 : 1, 0));
    else if (event.key === "ArrowDown") go(event, step(field, 1, 0));
    else if (event.key === "ArrowUp") go(event, step(field, -1, 0));
    else if (event.key === "ArrowRight" && !event.shiftKey && edge(field, 1)) go(event, step(field, 0, 1));
    else if (event.key === "ArrowLeft" && !event.shiftKey && edge(field, -1)) go(event, step(field, 0, -1));
    else if (list) choose(event, field);
  });

  function put(field, value) {
    field.value = value;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.dispatchEvent(new Event("change", { bubbles: true }));
  }

  // Whether a word could be taken: a list takes its own words alone.
  function fill(field, text) {
    if (field.disabled || field.readOnly) return true;
    const list = field.tagName === "SELECT";
    const option = list && [...field.options].find((each) => each.text.trim() === text || each.value === text);
    if (list && !option) return false;
    put(field, option ? option.value : text);
    return true;
  }

  document.addEventListener("paste", (event) => {
    const field = event.target;
    if (!field.closest || !field.closest("table[data-grid]")) return;
    const text = event.clipboardData.getData("text/plain").replace(/\r/g, "").replace(/\n$/, "");
    if (!/[\t\n]/.test(text) && field.tagName !== "SELECT") return;
    event.preventDefault();
    const { grid, row, column } = place(field);
    const unknown = [];
    text.split("\n").forEach((line, down) =>
      line.split("\t").forEach((word, right) => {
        const target = at(grid, row + down, column + right);
        if (target && !fill(target, word.trim())) unknown.push(word.trim());
      }),
    );
    grid.dispatchEvent(new CustomEvent("pasted", { bubbles: true, detail: { unknown } }));
  });
})();
