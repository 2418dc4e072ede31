// Live sums of the grid, reminders of required comments, and small conveniences. Every page works without it:
// the server computes all sums again.
"use strict";

const HUNDREDTHS = 100n;

function hundredths(text) {
  // Exact: scores and weights have at most two places.
  const match = /^(\d+)(?:[.,](\d{1,2})\d*)?$/.exec(String(text).trim());
  return match ? BigInt(match[1]) * HUNDREDTHS + BigInt((match[2] || "").padEnd(2, "0") || 0) : null;
}

function shown(tenThousandths) {
  const sign = document.documentElement.lang.startsWith("hy") ? "," : ".";
  const digits = String(tenThousandths).padStart(5, "0");
  const rest = digits.slice(-4).replace(/0+$/, "");
  return digits.slice(0, -4) + (rest ? sign + rest.padEnd(2, "0") : "");
}

function valueOf(criterion) {
  const chosen = criterion.querySelector("input[type=radio]:checked, input[type=number]");
  return chosen && chosen.value !== "" ? hundredths(chosen.value) : null;
}

function sum(criteria) {
  let total = 0n;
  let scored = 0;
  for (const criterion of criteria) {
    const value = valueOf(criterion);
    if (value !== null) {
      total += value * hundredths(criterion.dataset.weight);
      scored += 1;
    }
  }
  return { total, scored };
}

function needsComment(grid, value) {
  if (grid.dataset.comment === "always") return value !== null;
  if (grid.dataset.comment !== "required_at_extremes" || value === null) return false;
  return value === hundredths(grid.dataset.min) || value === hundredths(grid.dataset.max);
}

function refresh(grid) {
  const all = [...grid.querySelectorAll("[data-criterion]")];
  for (const section of grid.querySelectorAll("[data-section]")) {
    const { total, scored } = sum(section.querySelectorAll("[data-criterion]"));
    section.querySelector("[data-section-total]").textContent = scored ? shown(total) : "–";
  }
  const { total, scored } = sum(all);
  grid.querySelector("[data-total]").textContent = scored ? shown(total) : "–";
  const words = grid.dataset.scoredOne.replace("{done}", scored).replace("{all}", all.length);
  grid.querySelector("[data-scored]").textContent = words;
  for (const criterion of all) {
    const mark = criterion.querySelector("[data-needed]");
    const comment = criterion.querySelector("textarea");
    if (mark) mark.hidden = !needsComment(grid, valueOf(criterion)) || (comment && comment.value.trim() !== "");
  }
}

function watch(grid) {
  const status = grid.querySelector("[data-status]");
  const place = `scroll:${location.pathname}`;
  let dirty = grid.querySelector("[data-errors]") !== null;
  const say = () => { if (status) status.textContent = dirty ? grid.dataset.unsaved : grid.dataset.saved; };
  grid.addEventListener("input", () => { dirty = true; refresh(grid); say(); });
  grid.addEventListener("submit", () => { dirty = false; sessionStorage.setItem(place, grid.scrollTop); });
  addEventListener("beforeunload", (event) => { if (dirty && !("preview" in grid.dataset)) event.preventDefault(); });
  addEventListener("keydown", (event) => {
    const save = grid.querySelector("button[name=save]");
    if (save && (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "s") {
      event.preventDefault();
      grid.requestSubmit(save);
    }
  });
  const left = sessionStorage.getItem(place);
  if (left) { grid.scrollTop = Number(left); sessionStorage.removeItem(place); }
  refresh(grid);
  say();
}

for (const grid of document.querySelectorAll("[data-grid]")) watch(grid);
for (const errors of document.querySelectorAll("[data-errors]")) errors.focus();
for (const box of document.querySelectorAll("[data-all]")) {
  box.addEventListener("change", () => {
    for (const one of box.form.querySelectorAll(`input[name="${box.dataset.all}"]`)) one.checked = box.checked;
  });
}
