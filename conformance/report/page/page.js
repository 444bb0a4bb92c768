"use strict";
// The page is whole without this. It filters the long lists, and closes a cell's
// list when one of its links was followed.
for (const form of document.querySelectorAll("form.filter")) {
  const scope = document.getElementById(form.dataset.scope);
  const rows = [...scope.querySelectorAll("[data-row]")];
  const groups = [...scope.querySelectorAll("details.group")];
  const fits = (row, key, value) =>
    key === "text" ? row.textContent.toLowerCase().includes(value) : row.dataset[key] === value;
  const apply = () => {
    const wanted = [...new FormData(form)]
      .map(([key, value]) => [key, key === "text" ? value.trim().toLowerCase() : value])
      .filter(([, value]) => value);
    let shown = 0;
    for (const row of rows) {
      row.hidden = !wanted.every(([key, value]) => fits(row, key, value));
      shown += row.hidden ? 0 : 1;
    }
    for (const group of groups) {
      group.hidden = !group.querySelector("[data-row]:not([hidden])");
      if (wanted.length) group.open = true;
    }
    form.querySelector("output").textContent = wanted.length ? `${shown} of ${rows.length}` : "";
  };
  form.addEventListener("input", apply);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.hidden = false;
}
addEventListener("hashchange", () => {
  for (const list of document.querySelectorAll(":popover-open")) list.hidePopover();
});
