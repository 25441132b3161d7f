"use strict";
// Sorting and filtering of the table of students; without it, the table is whole and readable.
(() => {
  const table = document.getElementById("students-table");
  const controls = document.querySelector(".controls");
  const [search, outcome, flagged, shown] =
    ["search", "outcome", "flagged", "shown"].map((id) => document.getElementById(id));
  const body = table.tBodies[0];
  const rows = [...body.rows];
  const collator = new Intl.Collator(document.documentElement.lang, { numeric: true });

  const value = (row, column) =>
    row.cells[column].dataset.sort ?? row.cells[column].textContent.trim();

  // Whoever has no value comes last, in both directions.
  const compare = (column, sign) => (one, other) => {
    const [a, b] = [value(one, column), value(other, column)];
    if (a === "" || b === "") return (a === "") - (b === "");
    const numbers = [Number(a), Number(b)];
    return sign * (numbers.some(Number.isNaN) ? collator.compare(a, b) : numbers[0] - numbers[1]);
  };

  const sort = (heading) => {
    const direction =
      heading.getAttribute("aria-sort") === "ascending" ? "descending" : "ascending";
    for (const other of heading.parentNode.cells) other.removeAttribute("aria-sort");
    heading.setAttribute("aria-sort", direction);
    body.append(...rows.sort(compare(heading.cellIndex, direction === "ascending" ? 1 : -1)));
  };

  const plain = (text) => text.normalize("NFD").replace(/\p{Diacritic}/gu, "").toLowerCase();
  const names = new Map(rows.map((row) => [row, plain(row.cells[0].textContent)]));

  const filter = () => {
    const words = plain(search.value).split(/\s+/);
    for (const row of rows) {
      row.hidden =
        !words.every((word) => names.get(row).includes(word)) ||
        (outcome.value !== "" && row.dataset.outcome !== outcome.value) ||
        (flagged.checked && !("flagged" in row.dataset));
    }
    const count = rows.filter((row) => !row.hidden).length;
    shown.textContent = shown.dataset.text.replace("#", count);
  };

  for (const heading of table.tHead.rows[0].cells) {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...heading.childNodes);
    button.addEventListener("click", () => sort(heading));
    heading.append(button);
  }
  for (const control of [search, outcome, flagged]) control.addEventListener("input", filter);
  // A link to a student's row shows it again.
  window.addEventListener("hashchange", () => {
    if (document.querySelector("tr:target")?.hidden) {
      [search.value, outcome.value, flagged.checked] = ["", "", false];
      filter();
      document.querySelector("tr:target").scrollIntoView();
    }
  });
  controls.hidden = false;
  filter();
})();
