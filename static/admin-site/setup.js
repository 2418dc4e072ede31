// Setting up a call: order by mouse, moments by the other clocks, a warning before typed text is lost.
// Every page works without it.
"use strict";

function orderByMouse(list) {
  const form = document.getElementById(list.dataset.order);
  if (!form) return;
  let moving = null;
  document.documentElement.classList.add("su-scripted");
  for (const item of list.children) {
    item.draggable = true;
    item.addEventListener("dragstart", (event) => {
      moving = item;
      event.dataTransfer.effectAllowed = "move";
      item.classList.add("moving");
    });
    item.addEventListener("dragover", (event) => {
      if (!moving || moving === item) return;
      event.preventDefault();
      const box = item.getBoundingClientRect();
      list.insertBefore(moving, event.clientY > box.top + box.height / 2 ? item.nextSibling : item);
    });
    item.addEventListener("dragend", () => {
      item.classList.remove("moving");
      const keys = [...list.children].map((one) => one.dataset.key).join(",");
      moving = null;
      if (keys === list.dataset.keys) return;
      form.elements.ids.value = keys;
      form.submit();
    });
  }
  list.dataset.keys = [...list.children].map((one) => one.dataset.key).join(",");
}

function minutesAt(zone, instant) {
  // What the clock of a zone shows, as minutes of a time scale of its own.
  const parts = new Intl.DateTimeFormat("en-GB", {
    timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", hourCycle: "h23",
  }).formatToParts(instant);
  const of = (type) => Number(parts.find((part) => part.type === type).value);
  return Date.UTC(of("year"), of("month") - 1, of("day"), of("hour"), of("minute")) / 60000;
}

function instantOf(text, zone) {
  const found = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2})/.exec(text);
  if (!found) return null;
  const [year, month, day, hour, minute] = found.slice(1).map(Number);
  const wanted = Date.UTC(year, month - 1, day, hour, minute) / 60000;
  let guess = wanted;
  for (let turn = 0; turn < 3; turn += 1) guess += wanted - minutesAt(zone, guess * 60000);
  return guess * 60000;
}

function showBeside(note) {
  const input = document.getElementById(note.dataset.beside);
  const zones = note.dataset.zones.split(" ").filter(Boolean);
  const places = note.dataset.places.split(" ").map((place) => place.replaceAll("_", " "));
  const show = () => {
    const instant = instantOf(input.value, input.dataset.zone);
    if (instant === null) { note.textContent = ""; return; }
    note.textContent = zones.map((zone, place) => {
      const there = new Date(minutesAt(zone, instant) * 60000).toISOString();
      const day = there.slice(0, 10) === input.value.slice(0, 10) ? "" : `${there.slice(8, 10)}.${there.slice(5, 7)}.${there.slice(0, 4)}, `;
      return `${day}${there.slice(11, 16)} (${places[place]})`;
    }).join(" · ");
  };
  input.addEventListener("input", show);
}

function warnBeforeLoss(form) {
  let changed = false;
  form.addEventListener("input", () => { changed = true; });
  form.addEventListener("submit", () => { changed = false; });
  window.addEventListener("beforeunload", (event) => { if (changed) event.preventDefault(); });
}

function hideOtherLanguages(form) {
  // A new call: only the titles in the languages that are ticked.
  const boxes = form.querySelectorAll("input[type=checkbox][name=languages]");
  if (!boxes.length) return;
  const show = () => boxes.forEach((box) => {
    const title = form.querySelector(`input[name=title_${box.value}]`);
    if (title) title.closest(".su-field").hidden = !box.checked;
  });
  boxes.forEach((box) => box.addEventListener("change", show));
  show();
}

document.querySelectorAll(".su-form.su-new").forEach(hideOtherLanguages);
document.querySelectorAll(".su-rows[data-order]").forEach(orderByMouse);
document.querySelectorAll("[data-beside]").forEach(showBeside);
document.querySelectorAll(".su-form").forEach(warnBeforeLoss);
document.querySelector(".su-summary")?.focus();
