// Rows of a table, and sources of a budget: added and removed on the page, without a journey to the server.
// Without this file the same buttons submit the form, which saves and shows it with a row more or less.

const SPARE = "__row__";

const cards = (rows) => [...rows.querySelector("[data-rows-here]").children];
const place = (rows) => rows.dataset.rows;
const firstField = (card) => card.querySelector("input:not([type=hidden]), textarea, select");

const numberOf = (card, rows) => {
  const field = [...card.querySelectorAll("[name]")].find((one) => one.name.startsWith(`${place(rows)}.`));
  return field ? Number.parseInt(field.name.slice(place(rows).length + 1), 10) : -1;
};

// What people count: 1, 2, 3. The numbers in the names have gaps where rows were removed, and keep their order.
const count = (rows) => {
  cards(rows).forEach((card, index) => {
    card.querySelectorAll("[data-row-number]").forEach((figure) => { figure.textContent = String(index + 1); });
    card.querySelector("[data-remove-row]").value = String(index);
  });
  const button = rows.querySelector("[data-add-row]");
  if (button) button.hidden = cards(rows).length >= Number(rows.dataset.most);
};

const changed = (rows) => rows.dispatchEvent(new Event("input", { bubbles: true }));

const add = (rows, number) => {
  const card = rows.querySelector("template[data-row]").content.firstElementChild.cloneNode(true);
  const named = `${place(rows)}.${SPARE}-`, real = `${place(rows)}.${number}-`;
  card.querySelectorAll("*").forEach((element) => [...element.attributes].forEach((attribute) => {
    if (attribute.value.includes(named)) attribute.value = attribute.value.replaceAll(named, real);
  }));
  rows.querySelector("[data-rows-here]").append(card);
  count(rows);
  return card;
};

const next = (rows) => Math.max(-1, ...cards(rows).map((card) => numberOf(card, rows))) + 1;

const said = (rows, text, undo) => {
  const line = rows.querySelector("[data-rows-said]");
  line.textContent = text;
  if (undo) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn btn-sm btn-link";
    button.textContent = rows.dataset.undo;
    button.addEventListener("click", undo);
    line.append(" ", button);
  }
};

const isEmpty = (card) => [...card.querySelectorAll("input, textarea, select")].every((field) =>
  field.type === "radio" || field.type === "checkbox" ? !field.checked : !field.value.trim());

const remove = (rows, card) => {
  const index = cards(rows).indexOf(card), after = card.nextElementSibling;
  const empty = isEmpty(card);
  card.remove();
  count(rows);
  changed(rows);
  const back = () => {
    rows.querySelector("[data-rows-here]").insertBefore(card, after && after.isConnected ? after : null);
    count(rows);
    said(rows, "");
    changed(rows);
    firstField(card).focus();
  };
  said(rows, rows.dataset.removed.replace("{number}", String(index + 1)), empty ? null : back);
  const near = cards(rows)[Math.min(index, cards(rows).length - 1)], button = rows.querySelector("[data-add-row]");
  if (near) firstField(near).focus();
  else if (button) button.focus();
};

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-add-row], [data-remove-row]"), rows = button && button.closest("[data-rows]");
  if (!rows || !rows.querySelector("template[data-row]")) return;
  event.preventDefault();
  if (button.matches("[data-remove-row]")) { remove(rows, button.closest("[data-row-card]")); return; }
  const card = add(rows, next(rows));
  said(rows, "");
  changed(rows);
  firstField(card).focus();
});

// Text that is brought back from this computer may stand in rows that the page does not have yet.
document.addEventListener("rows-needed", (event) => document.querySelectorAll("[data-rows]").forEach((rows) => {
  const numbers = event.detail.map((name) => name.startsWith(`${place(rows)}.`) ? Number.parseInt(name.slice(place(rows).length + 1), 10) : Number.NaN);
  const there = new Set(cards(rows).map((card) => numberOf(card, rows)));
  [...new Set(numbers)].filter((number) => number >= 0 && !there.has(number)).sort((one, other) => one - other)
    .forEach((number) => add(rows, number));
}));
