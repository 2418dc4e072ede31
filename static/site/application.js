// Filling in an application: saves a second after typing stops. Every page works without this file.
// What is shown and what is wrong is said by form-live.js while one types; where that does not run, by the server's reply.
(() => {
  "use strict";
  const form = document.querySelector("[data-application-form]");
  if (!form) return;
  const version = form.elements["form.version"], place = form.querySelector("[data-save]");
  const store = `application.${form.dataset.key}`;
  let timer, busy = false, again = false, dirty = false, conflict = false;

  const say = (text, kind) => {
    const state = place.firstElementChild || place;
    state.className = `save-state${kind ? ` save-state-${kind}` : ""}`;
    state.textContent = text;
  };

  // Questions that the answers so far do not ask for.
  const show = (hidden) => form.dataset.judged || form.querySelectorAll("[data-conditional]").forEach((question) => {
    question.hidden = hidden.includes(question.dataset.question);
    const note = question.querySelector("[data-only-if]");
    if (note) note.hidden = true;
  });
  show([...form.querySelectorAll("[data-hidden]")].map((question) => question.dataset.question));

  const sums = (all) => form.dataset.judged || Object.entries(all).forEach(([key, sum]) => {
    const cells = form.querySelectorAll(`[data-sums="${CSS.escape(key)}"] tfoot td`);
    if (cells.length > 1) { cells[0].textContent = sum.total; cells[1].textContent = sum.requested; }
    form.querySelectorAll(`[data-rest="${CSS.escape(key)}"]`).forEach((cell) => { cell.textContent = sum.rest; });
    form.querySelectorAll(`[data-sources="${CSS.escape(key)}"]`).forEach((cell) => { cell.textContent = sum.sources; });
  });

  const missing = (text) => {
    const line = document.querySelector("[data-draft-bar] p");
    if (line) line.lastChild.textContent = ` · ${text}`;
  };

  // What could not be sent stays on this computer until it was.
  const typed = () => [...new FormData(form)].filter(([name, value]) => typeof value === "string" && !name.startsWith("form.") && name !== "csrfmiddlewaretoken");
  const keep = () => { try { localStorage.setItem(store, JSON.stringify({ version: version.value, typed: typed() })); } catch { /* full or forbidden */ } };
  const forget = () => { try { localStorage.removeItem(store); } catch { /* forbidden */ } };
  const restore = () => {
    let kept = null;
    try { kept = JSON.parse(localStorage.getItem(store)); } catch { /* nothing */ }
    if (!kept || kept.version !== version.value) { if (kept) forget(); return; }
    form.dispatchEvent(new CustomEvent("rows-needed", { bubbles: true, detail: kept.typed.map(([name]) => name) }));
    kept.typed.forEach(([name, value]) => form.querySelectorAll(`[name="${CSS.escape(name)}"]`).forEach((field) => {
      if (field.type === "radio" || field.type === "checkbox") field.checked = field.checked || field.value === value;
      else if (field.type !== "hidden" && field.type !== "file") field.value = value;
    }));
    say(form.dataset.restored, "offline");
    dirty = true;
    form.dispatchEvent(new Event("input"));
    plan(0);
  };

  const plan = (wait) => { clearTimeout(timer); timer = setTimeout(save, wait); };
  const save = async () => {
    if (busy) { again = true; return; }
    if (!dirty || conflict) return;
    busy = true; dirty = false;
    say(form.dataset.saving, "busy");
    keep();
    const data = new FormData(form);
    form.querySelectorAll("input[type=file]").forEach((field) => data.delete(field.name));
    try {
      const answer = await fetch(form.action || location.href, { method: "POST", body: data, headers: { "X-Autosave": "1" }, redirect: "error" });
      const said = answer.status === 200 || answer.status === 409 ? await answer.json() : null;
      if (answer.status === 409) {
        conflict = Boolean(said.conflict);
        say(said.closed || form.dataset.conflict, "offline");
      } else if (said) {
        version.value = said.version;
        show(said.hidden); sums(said.sums); missing(said.missing);
        form.dispatchEvent(new CustomEvent("earlier", { detail: said.earlier }));
        forget();
        say(said.saved);
      } else throw new Error(String(answer.status));
    } catch {
      dirty = true;
      say(form.dataset.offline, "offline");
      plan(10000);
    }
    busy = false;
    if (again) { again = false; plan(0); }
  };

  const changed = (event) => {
    if (event.target.type === "file") return;
    dirty = true;
    plan(event.target.matches("input[type=radio], input[type=checkbox], select") ? 0 : 1000);
  };
  form.addEventListener("input", changed);
  window.addEventListener("online", () => plan(0));
  form.addEventListener("submit", (event) => {
    clearTimeout(timer);
    if (navigator.onLine) { forget(); return; }
    event.preventDefault();
    keep();
    say(form.dataset.offline, "offline");
  });
  restore();
})();
