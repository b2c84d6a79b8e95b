"use strict";
document.documentElement.classList.add("script");

// Links to the same place in the other language: the last heading or cell above the window's top.
const tongue = document.getElementById("tongue");
const places = Array.from(document.querySelectorAll("main h2[id], main .cell[id]"));
tongue.addEventListener("click", () => {
  const above = places.filter((place) => place.getBoundingClientRect().top < 60);
  // Cells have the same names in both languages, but headings do not.
  const cell = above.filter((place) => place.classList.contains("cell")).pop();
  if (cell && window.scrollY > 0) tongue.hash = cell.id;
});

// On a phone the list of lessons is folded.
const lessons = document.querySelector(".columns > nav > details");
if (window.matchMedia("(max-width: 999px)").matches) lessons.open = false;

// If both sides do not fit beside each other, all cells show the chosen side.
function choose(tab) {
  document.documentElement.dataset.tab = tab;
  for (const button of document.querySelectorAll("[data-tab]")) {
    if (button.tagName === "BUTTON") button.setAttribute("aria-pressed", String(button.dataset.tab === tab));
  }
}
choose("python");
document.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-tab]");
  if (!button) return;
  const before = button.getBoundingClientRect().top;
  choose(button.dataset.tab);
  window.scrollBy(0, button.getBoundingClientRect().top - before);
  reach();
});

// Makes blocks that scroll reachable by keyboard.
function reach() {
  for (const block of document.querySelectorAll("pre, .wide")) {
    if (block.scrollWidth > block.clientWidth || block.scrollHeight > block.clientHeight) block.tabIndex = 0;
    else block.removeAttribute("tabindex");
  }
}
reach();
window.addEventListener("resize", reach);
document.addEventListener("toggle", reach, true);

// A plot with a slider shows one of its frames.
const slider = document.getElementById("turn");
if (slider) {
  const frames = JSON.parse(document.getElementById("frames").textContent);
  const scene = document.querySelector(".scene");
  const show = () => {
    const frame = frames[Number(slider.value)];
    slider.setAttribute("aria-valuetext", frame.value);
    scene.querySelector(".value").textContent = frame.value;
    scene.querySelectorAll(".row").forEach((cell, index) => { cell.textContent = frame.rows[index]; });
    const image = scene.querySelector("img");
    if (image) image.src = frame.image;
    const path = scene.querySelector(".path");
    if (path) {
      path.setAttribute("points", frame.path);
      scene.querySelector(".dots").setAttribute("d", frame.dots);
    }
  };
  slider.addEventListener("input", show);
  show();
}

// Searches the table of lines, and keeps the search words in the address.
const search = document.getElementById("search");
if (search) {
  const rows = Array.from(document.querySelectorAll("table.lines tbody tr"));
  const texts = rows.map((row) => row.textContent.toLowerCase());
  const found = document.getElementById("found");
  const filter = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    let heading = null;
    let count = 0;
    rows.forEach((row, index) => {
      if (row.classList.contains("heading")) {
        heading = row;
        row.hidden = true;
        return;
      }
      row.hidden = !words.every((word) => texts[index].includes(word));
      if (row.hidden) return;
      count += 1;
      if (heading) heading.hidden = false;
    });
    found.textContent = `${count} / ${found.dataset.of} ${found.dataset.words}`;
    const address = new URL(location.href);
    if (search.value) address.searchParams.set("q", search.value);
    else address.searchParams.delete("q");
    history.replaceState(null, "", address);
  };
  search.value = new URLSearchParams(location.search).get("q") || "";
  search.addEventListener("input", filter);
  filter();
}
