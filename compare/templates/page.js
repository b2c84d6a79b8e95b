"use strict";
const filter = document.getElementById("filter");
const cells = Array.from(document.querySelectorAll("article.cell"));
const differs = (cell) => !cell.classList.contains("identical") && !cell.classList.contains("aside");

function show(onlyDifferences) {
  filter.setAttribute("aria-pressed", String(onlyDifferences));
  for (const cell of cells) cell.hidden = onlyDifferences && !differs(cell);
  document.getElementById("nothing").hidden = !onlyDifferences || cells.some(differs);
}

// The filter is in the address, so that it can be sent.
function toggle() {
  const on = filter.getAttribute("aria-pressed") !== "true";
  show(on);
  const address = new URL(location.href);
  if (on) address.searchParams.set("differences", "");
  else address.searchParams.delete("differences");
  history.replaceState(null, "", address);
}

// Makes blocks that scroll sideways reachable by keyboard.
function reach() {
  for (const block of document.querySelectorAll("pre")) {
    if (block.scrollWidth > block.clientWidth) block.tabIndex = 0;
    else block.removeAttribute("tabindex");
  }
}

function step(by) {
  const shown = cells.filter((cell) => !cell.hidden);
  // A cell is current when its top is at the window's top; between two cells both directions lead to a cell.
  const tops = shown.map((cell) => Math.round(cell.getBoundingClientRect().top));
  const index = by > 0 ? tops.findIndex((top) => top > 9) : tops.findLastIndex((top) => top < -1);
  if (index >= 0) {
    shown[index].scrollIntoView();
    shown[index].focus({ preventScroll: true });
  }
}

show(new URLSearchParams(location.search).has("differences"));
reach();
window.addEventListener("resize", reach);
filter.addEventListener("click", toggle);
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "j") step(1);
  else if (event.key === "k") step(-1);
  else if (event.key === "d") toggle();
  else if (event.key === "t") window.scrollTo(0, 0);
});
