"use strict";

// The design point: all charts of the page show the chosen one, and every table marks its row.
const selector = document.querySelector(".selector");
if (selector) {
  const choice = selector.querySelector("select");
  const show = () => {
    for (const panel of document.querySelectorAll("[data-point]")) {
      panel.hidden = panel.dataset.point !== choice.value;
    }
    for (const row of document.querySelectorAll("[data-row]")) {
      if (row.dataset.row === choice.value) row.setAttribute("aria-current", "true");
      else row.removeAttribute("aria-current");
    }
  };
  choice.addEventListener("change", () => {
    show();
    selector.querySelector(".status").textContent = `All charts show ${choice.selectedOptions[0].textContent}.`;
  });
  selector.addEventListener("submit", (event) => event.preventDefault());
  selector.hidden = false;
  show(); // a browser keeps the choice when it loads a page again
}

// A table that was opened stays open when the design point changes.
for (const table of document.querySelectorAll("[data-point] > details")) {
  table.addEventListener("toggle", () => {
    for (const other of table.closest("figure").querySelectorAll("[data-point] > details")) other.open = table.open;
  });
}

// Sorting, by a button in each column's head.
const valueOf = (row, column, numeric) => {
  const cell = row.cells[column];
  if (cell.dataset.place !== undefined) return Number(cell.dataset.place);
  const text = cell.firstChild ? cell.firstChild.textContent.trim() : "";
  if (!numeric) return text;
  const found = text.replaceAll(",", "").match(/-?\d+(\.\d+)?/);
  if (!found) return NaN;
  // what is under 0.1 comes before 0.1, and what is over 99.9 before 100
  return Number(found[0]) + (text.startsWith("under") ? -1e-6 : text.startsWith("over") ? 1e-6 : 0);
};

const compare = (one, other) => {
  if (typeof one === "string") return one.localeCompare(other, "en");
  if (Number.isNaN(one) || Number.isNaN(other)) return 0;
  return one - other;
};

const sort = (table, head) => {
  const rising = head.getAttribute("aria-sort") !== "ascending";
  const column = head.cellIndex;
  const body = table.tBodies[0];
  const rows = [...body.rows].map((row) => [valueOf(row, column, head.classList.contains("n")), row]);
  const known = rows.filter(([value]) => !Number.isNaN(value));
  const unknown = rows.filter(([value]) => Number.isNaN(value));
  known.sort(([one], [other]) => (rising ? compare(one, other) : compare(other, one)));
  for (const [, row] of [...known, ...unknown]) body.append(row);
  for (const other of table.querySelectorAll("thead th")) other.removeAttribute("aria-sort");
  head.setAttribute("aria-sort", rising ? "ascending" : "descending");
};

for (const table of document.querySelectorAll("table.sortable")) {
  for (const head of table.querySelectorAll("thead th")) {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    button.addEventListener("click", () => sort(table, head));
    head.append(button);
  }
}
