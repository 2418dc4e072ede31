// The form builder: order by mouse, lines of forms, proposed keys, the editor of conditions, typed text that is not lost.
// Every page works without it: the buttons send the form, and a condition can be written as text.
"use strict";

// ---- lines of a form

const shownRows = (list) => [...list.querySelector(":scope > [data-rows]").children].filter((row) => !row.hidden);
const ownInput = (row, name) => row.querySelector(`:scope > input[name="${row.dataset.line}-${name}"]`);

function renumber(list) {
  const rows = shownRows(list);
  rows.forEach((row, place) => {
    ownInput(row, "ORDER").value = place + 1;
    const buttons = row.querySelectorAll(`button[value$=":${row.dataset.line}"]`);
    for (const button of buttons) {
      if (button.dataset.act === "up") button.disabled = place === 0;
      if (button.dataset.act === "down") button.disabled = place === rows.length - 1;
    }
  });
}

function addLine(list) {
  const total = list.querySelector(`input[name="${list.dataset.lines}-TOTAL_FORMS"]`);
  const number = Number(total.value);
  const prefix = `${list.dataset.lines}-__prefix__`;
  const holder = document.createElement("template");
  const source = list.querySelector(":scope > template[data-empty]");
  holder.innerHTML = source.innerHTML.replaceAll(prefix, `${list.dataset.lines}-${number}`);
  const row = holder.content.firstElementChild;
  list.querySelector(":scope > [data-rows]").append(row);
  total.value = number + 1;
  renumber(list);
  row.querySelectorAll("[data-lines]").forEach(renumber);
  row.querySelectorAll("[data-kind]").forEach(showByKind);
  row.querySelector("input:not([type=hidden]), select, textarea")?.focus();
}

function moveLine(row, step) {
  const rows = shownRows(row.closest("[data-lines]"));
  const other = rows[rows.indexOf(row) + step];
  if (!other) return;
  if (step < 0) other.before(row); else other.after(row);
}

function changeLines(event) {
  const button = event.target.closest("button[data-act]");
  if (!button) return;
  event.preventDefault();
  const act = button.dataset.act;
  const row = button.closest("[data-line]");
  const list = act === "add" ? button.closest("[data-lines]") : row.parentElement.closest("[data-lines]");
  if (act === "add") addLine(list);
  if (act === "up") moveLine(row, -1);
  if (act === "down") moveLine(row, 1);
  if (act === "remove") {
    row.hidden = true;
    ownInput(row, "DELETE").value = "on";
    (shownRows(list).at(-1)?.querySelector("input:not([type=hidden])") || list.querySelector("[data-act=add]"))?.focus();
  }
  if (act === "up" || act === "down") (button.disabled ? row.querySelector("input:not([type=hidden])") : button).focus();
  renumber(list);
  button.form?.dispatchEvent(new Event("input", { bubbles: true }));
}

function showByKind(select) {
  const row = select.closest("[data-line]");
  for (const part of row.querySelectorAll("[data-for]")) {
    if (part.closest("[data-line]") === row) part.hidden = !part.dataset.for.split(" ").includes(select.value);
  }
}

// ---- keys proposed from the English text

function slug(text) {
  const plain = text.normalize("NFKD").replace(/[^\x00-\x7f]/g, "").toLowerCase();
  return plain.split(/[^a-z0-9]+/).filter(Boolean).slice(0, 6).join("-").slice(0, 40).replace(/^-+|-+$/g, "");
}

function proposeKeys(form) {
  // An empty code shows what the server will propose; typing a code of one's own wins.
  const scope = (input) => input.closest("[data-line]") || form;
  form.addEventListener("input", (event) => {
    const input = event.target;
    if (input.lang !== "en" || !["label", "title"].includes(input.dataset.text)) return;
    const code = [...scope(input).querySelectorAll("input[data-code]")].find((one) => scope(one) === scope(input));
    if (code) code.placeholder = slug(input.value);
  });
}

// ---- order of sections and questions by mouse

function orderByMouse(form) {
  let moving = null;
  document.documentElement.classList.add("su-scripted");
  const order = () => [...form.querySelectorAll("[data-section]")].map((section) => {
    const keys = [...section.querySelectorAll("[data-question]")].map((card) => card.dataset.question);
    return `${section.dataset.section}:${keys.join(",")}`;
  }).join(";");
  const before = order();
  for (const card of form.querySelectorAll("[data-question]")) {
    const handle = card.querySelector(".fb-handle");
    if (!handle) continue;
    handle.addEventListener("mousedown", () => { card.draggable = true; });
    card.addEventListener("dragstart", (event) => {
      moving = card;
      event.dataTransfer.effectAllowed = "move";
      card.classList.add("moving");
    });
    card.addEventListener("dragend", () => {
      card.classList.remove("moving");
      card.draggable = false;
      moving = null;
      if (order() === before) return;
      form.elements.order.value = order();
      form.submit();
    });
  }
  form.addEventListener("dragover", (event) => {
    if (!moving) return;
    const list = event.target.closest("[data-section]")?.querySelector("[data-questions]");
    if (!list) return;
    event.preventDefault();
    const card = event.target.closest("[data-question]");
    if (card === moving) return;
    if (!card) { if (moving.parentElement !== list) list.append(moving); return; }
    const box = card.getBoundingClientRect();
    list.insertBefore(moving, event.clientY > box.top + box.height / 2 ? card.nextSibling : card);
  });
}

// ---- the editor of conditions

const LEAVES = ["equals", "in", "greater", "answered"];

function conditionEditor(box) {
  const data = (name) => JSON.parse(document.getElementById(`condition-${name}`).textContent);
  const [questions, now, words] = [data("questions"), data("now"), data("words")];
  const text = document.getElementById(box.dataset.editor);
  const tree = box.querySelector("[data-tree]");
  const field = box.querySelector("[data-text-field]");
  const said = box.querySelector("[data-words]");
  const known = new Map(questions.map((question) => [question.key, question]));
  if (text.disabled || (now === null && text.value.trim() !== "") || !knownOnly(now)) return;

  function knownOnly(node) {
    if (node === null) return true;
    const parts = node.all || node.any || (node.not ? [node.not] : null);
    return parts ? parts.every(knownOnly) : known.has(node.question);
  }

  // The root is always a group; a single leaf stands in a group of one.
  const asGroup = (node) => (node && (node.all || node.any) ? node : { all: node ? [node] : [] });
  let root = unwrapped(asGroup(now));
  function unwrapped(group) {
    const kind = group.any ? "any" : "all";
    return { kind, parts: group[kind].map((part) => (part.all || part.any || part.not ? negated(part) : { ...part })) };
  }
  function negated(part) {
    if (!part.not) return unwrapped(part);
    const inner = part.not;
    const group = inner.all || inner.any ? unwrapped(inner) : { kind: "all", parts: [inner.not ? negated(inner) : { ...inner }] };
    if (group.kind === "any") return { kind: "none", parts: group.parts };
    return group.parts.length === 1 ? { kind: "none", parts: group.parts } : { kind: "none", parts: [group] };
  }

  function complete(leaf) {
    if (!leaf.question) return false;
    if ("answered" in leaf) return true;
    if ("in" in leaf) return leaf.in.length > 0;
    return (leaf.equals ?? leaf.greater ?? "") !== "";
  }

  // What is written: the finished parts, with no group that says nothing.
  function plain(node) {
    if (!node.kind) return complete(node) ? node : null;
    const parts = node.parts.map(plain).filter((part) => part !== null);
    if (!parts.length) return null;
    if (node.kind === "none") return { not: parts.length === 1 ? parts[0] : { any: parts } };
    return parts.length === 1 ? parts[0] : { [node.kind]: parts };
  }

  const quoted = (value) => JSON.stringify(String(value));
  function value(leaf, one) {
    const kind = known.get(leaf.question).kind;
    if (kind === "truth") return one === true || one === "true" ? "true" : "false";
    if (kind === "number") return /^-?(0|[1-9]\d*)(\.\d{1,4})?$/.test(String(one)) ? String(one) : quoted(one);
    return quoted(one);
  }
  function written(node) {
    if (node.not) return `{not: ${written(node.not)}}`;
    for (const kind of ["all", "any"]) {
      if (node[kind]) return `{${kind}: [${node[kind].map(written).join(", ")}]}`;
    }
    const own = LEAVES.find((name) => name in node);
    const right = own === "in" ? `[${node.in.map((one) => value(node, one)).join(", ")}]`
      : own === "answered" ? String(node.answered) : value(node, node[own]);
    return `{question: ${quoted(node.question)}, ${own}: ${right}}`;
  }

  const filled = (sentence, values) => sentence.replace(/%\((\w+)\)s/g, (_all, name) => values[name]);
  function answer(leaf, one) {
    const question = known.get(leaf.question);
    if (question.kind === "truth") return one === true || one === "true" ? words.yes : words.no;
    return question.choices.find(([code]) => code === one)?.[1] ?? one;
  }
  // A group within a group stands in brackets, as on the page of questions.
  const within = (node) => (node.all || node.any || []).length > 1 ? `(${inWords(node)})` : inWords(node);
  function inWords(node) {
    if (node.not) return filled(words.not, { condition: within(node.not) });
    if (node.all) return node.all.map(within).join(words.and);
    if (node.any) return node.any.map(within).join(words.or);
    const question = known.get(node.question).label;
    if ("answered" in node) return filled(node.answered ? words.answered : words.unanswered, { question });
    if ("in" in node) {
      const marks = document.documentElement.lang.startsWith("hy") ? ["«", "»"] : ["“", "”"];
      const answers = node.in.map((one) => marks[0] + answer(node, one) + marks[1]).join(", ");
      return filled(words.in, { question, answers });
    }
    if ("greater" in node) return filled(words.greater, { question, number: node.greater });
    return filled(words.equals, { question, answer: answer(node, node.equals) });
  }

  function unfinished(node) { return node.kind ? node.parts.some(unfinished) : !complete(node); }

  function changed(redraw = true) {
    const found = plain(root);
    const old = text.value;
    text.value = found ? written(found) : "";
    said.textContent = found ? filled(words.asked, { condition: inWords(found) }) : words.always;
    if (unfinished(root)) said.textContent += ` ${words.unfinished}`;
    if (old !== text.value) text.dispatchEvent(new Event("input", { bubbles: true }));
    if (redraw) draw();
  }

  // Drawing

  function make(tag, attributes = {}, ...children) {
    const node = document.createElement(tag);
    for (const [name, given] of Object.entries(attributes)) {
      if (name.startsWith("on")) node.addEventListener(name.slice(2), given);
      else if (given === true) node.setAttribute(name, "");
      else if (given !== false && given !== undefined) node.setAttribute(name, given);
    }
    node.append(...children);
    return node;
  }
  function select(label, options, current, onchange, more = {}) {
    const node = make("select", { "aria-label": label, onchange: (event) => onchange(event.target.value), ...more });
    for (const [code, title] of options) node.append(make("option", { value: code, selected: code === current }, title));
    return node;
  }
  const button = (title, onclick) => make("button", { type: "button", class: "su-move", onclick }, title);

  const fresh = () => asksFor(questions[questions.length - 1].key);
  function asksFor(key) {
    const kind = known.get(key).kind;
    if (kind === "truth") return { question: key, equals: true };
    if (kind === "number") return { question: key, greater: "" };
    if (kind === "choice") return { question: key, in: [] };
    return { question: key, answered: true };
  }

  function comparisons(kind) {
    const answered = [["answered", words.is_answered], ["unanswered", words.is_not_answered]];
    if (kind === "truth" || kind === "text") return [["equals", words.is], ...answered];
    if (kind === "number") return [["greater", words.is_more_than], ["equals", words.is], ...answered];
    if (kind === "choice") return [["in", words.is_one_of], ["equals", words.is], ...answered];
    return answered;
  }
  const comparison = (leaf) => ("answered" in leaf ? (leaf.answered ? "answered" : "unanswered") : LEAVES.find((name) => name in leaf));
  function compared(leaf, how) {
    const kind = known.get(leaf.question).kind;
    const first = kind === "truth" ? true : kind === "choice" ? known.get(leaf.question).choices[0]?.[0] ?? "" : "";
    if (how === "answered" || how === "unanswered") return { question: leaf.question, answered: how === "answered" };
    if (how === "in") return { question: leaf.question, in: leaf.equals ? [leaf.equals] : [] };
    return { question: leaf.question, [how]: how === "equals" && kind !== "number" ? first : leaf.equals ?? leaf.greater ?? "" };
  }

  function valueOf(leaf, group, place) {
    const question = known.get(leaf.question);
    const set = (one) => { group.parts[place] = one; changed(); };
    if ("in" in leaf && question.kind === "choice") {
      return make("span", { class: "fb-values", role: "group", "aria-label": words.answer }, ...question.choices.map(([code, title]) => {
        const tick = make("input", { type: "checkbox", checked: leaf.in.includes(code) });
        tick.addEventListener("change", () => {
          leaf.in = question.choices.map(([one]) => one).filter((one) => (one === code ? tick.checked : leaf.in.includes(one)));
          changed(false);
        });
        return make("label", {}, tick, title);
      }));
    }
    if ("equals" in leaf && question.kind === "truth") {
      const options = [["true", words.yes], ["false", words.no]];
      return select(words.answer, options, String(leaf.equals), (one) => set({ ...leaf, equals: one === "true" }));
    }
    if ("equals" in leaf && question.kind === "choice") {
      return select(words.answer, question.choices, leaf.equals, (one) => set({ ...leaf, equals: one }));
    }
    const own = "in" in leaf ? "in" : "greater" in leaf ? "greater" : "equals";
    if ("answered" in leaf) return "";
    const input = make("input", { type: "text", "aria-label": words.answer, value: own === "in" ? leaf.in.join(", ") : leaf[own], inputmode: question.kind === "number" ? "decimal" : "text" });
    input.addEventListener("input", () => {
      const typed = input.value.trim();
      leaf[own] = own === "in" ? typed.split(",").map((one) => one.trim()).filter(Boolean)
        : question.kind === "number" ? typed.replace(/\s/g, "").replace(",", ".") : typed;
      changed(false);
    });
    return input;
  }

  function drawLeaf(leaf, group, place) {
    const options = questions.map((question) => [question.key, question.label]);
    return make("div", { class: "fb-leaf" },
      select(words.question, options, leaf.question, (key) => { group.parts[place] = asksFor(key); changed(); }, { "data-question": true }),
      select(words.comparison, comparisons(known.get(leaf.question).kind), comparison(leaf), (how) => { group.parts[place] = compared(leaf, how); changed(); }),
      valueOf(leaf, group, place),
      button(words.remove, () => { group.parts.splice(place, 1); changed(); }));
  }

  function drawGroup(group, parent, place) {
    const kinds = [["all", words.all], ["any", words.any], ["none", words.none]];
    const node = make("div", { class: "fb-group", role: "group" });
    if (group.parts.length > 1 || parent || group.kind !== "all") {
      node.append(select(words.group, kinds, group.kind, (kind) => { group.kind = kind; changed(); }));
    }
    group.parts.forEach((part, spot) => node.append(part.kind ? drawGroup(part, group, spot) : drawLeaf(part, group, spot)));
    const buttons = make("div", { class: "su-moves" }, button(words.add, () => { group.parts.push(fresh()); changed(); }));
    buttons.append(button(words.add_group, () => { group.parts.push({ kind: "any", parts: [fresh()] }); changed(); }));
    if (parent) buttons.append(button(words.remove, () => { parent.parts.splice(place, 1); changed(); }));
    node.append(buttons);
    return node;
  }

  function draw() {
    tree.replaceChildren(questions.length ? drawGroup(root, null, 0) : make("p", { class: "muted" }, words.nothing_earlier));
    if (questions.length) tree.append(make("div", { class: "fb-switch" }, button(words.as_text, () => { tree.hidden = true; field.hidden = false; text.focus(); })));
  }
  draw();
  tree.hidden = false;
  field.hidden = !box.querySelector(".su-wrong") || !text.value;
}

// ---- typed text that is not lost

function fieldsOf(form) {
  const kept = [];
  for (const [name, given] of new FormData(form)) {
    if (name !== "csrfmiddlewaretoken" && typeof given === "string") kept.push([name, given]);
  }
  return kept;
}

function keep(form) {
  // In this tab only, until it is saved: a session that ended, a lost line or a closed page do not lose it.
  const place = `typed:${location.pathname}${location.search}`;
  const version = form.elements.version?.value ?? "";
  const store = (sent) => {
    try { sessionStorage.setItem(place, JSON.stringify({ version, sent, fields: fieldsOf(form) })); } catch { /* storage is full or off: the page still warns */ }
  };
  let stored = null;
  try { stored = JSON.parse(sessionStorage.getItem(place)); } catch { sessionStorage.removeItem(place); }
  if ("sent" in form.dataset || (stored && stored.version !== version)) {
    sessionStorage.removeItem(place);
  } else if (stored && JSON.stringify(stored.fields) !== JSON.stringify(fieldsOf(form))) {
    offer(form, stored, place);
  }
  form.addEventListener("input", () => store(false));
  form.addEventListener("submit", () => store(true));
}

function offer(form, stored, place) {
  const note = document.createElement("div");
  note.className = "staff-note fb-restore";
  note.setAttribute("role", "status");
  const words = document.createElement("span");
  words.textContent = form.dataset.restore;
  note.append(words);
  for (const [title, act] of [[form.dataset.restoreDo, () => sendAgain(form, stored)], [form.dataset.restoreDrop, () => sessionStorage.removeItem(place)]]) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "staff-button quiet";
    button.textContent = title;
    button.addEventListener("click", () => { note.remove(); act(); });
    note.append(button);
  }
  form.before(note);
}

function sendAgain(form, stored) {
  // The server shows the page with what was typed, as after a button of a line: nothing is saved.
  const again = document.createElement("form");
  again.method = "post";
  const token = form.elements.csrfmiddlewaretoken.value;
  for (const [name, given] of [["csrfmiddlewaretoken", token], ...stored.fields, ["lines", ""]]) {
    const input = document.createElement("textarea");
    input.name = name;
    input.value = given;
    again.append(input);
  }
  again.hidden = true;
  document.body.append(again);
  again.submit();
}

function forgetWhatWasSaved() {
  // What was sent from another page and led here was taken.
  const here = `typed:${location.pathname}${location.search}`;
  for (const name of Object.keys(sessionStorage)) {
    if (!name.startsWith("typed:") || name === here) continue;
    try { if (JSON.parse(sessionStorage.getItem(name)).sent) sessionStorage.removeItem(name); } catch { sessionStorage.removeItem(name); }
  }
}

document.querySelectorAll("#builder").forEach(orderByMouse);
document.querySelectorAll("[data-lines]").forEach(renumber);
document.querySelectorAll("[data-kind]").forEach(showByKind);
document.addEventListener("click", changeLines);
document.addEventListener("change", (event) => { if (event.target.matches("[data-kind]")) showByKind(event.target); });
document.querySelectorAll("[data-editor]").forEach(conditionEditor);
document.querySelectorAll(".su-form").forEach(proposeKeys);
forgetWhatWasSaved();
document.querySelectorAll("form[data-keep]").forEach(keep);
