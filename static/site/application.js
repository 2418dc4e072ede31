// Filling in an application: saves a second after typing stops, keeps on this computer what could not be sent, and shows
// who else is at work. Every page works without this file. What is shown and what is wrong is said by form-live.js while one
// types; where that does not run, by the server's reply.
(() => {
  "use strict";
  const form = document.querySelector("[data-application-form]");
  if (!form) return;
  const version = form.elements["form.version"], marks = form.elements["form.marks"], place = form.querySelector("[data-save]");
  const store = `application.${form.dataset.key}`, FORGOTTEN = 30 * 24 * 3600 * 1000;
  const PAUSES = [2, 4, 8, 15, 30], SLOW = 20000, LOOK = 20000;
  let timer, keeper, busy = false, again = false, failed = 0, leaving = false, stopped = "";
  const dirty = new Set();  // questions changed on this page and not saved yet

  // --- what is said

  const say = (text, kind, way) => {
    const state = document.createElement("span");
    state.className = `save-state${kind ? ` save-state-${kind}` : ""}`;
    state.textContent = text;
    state.append(...(way ? [" ", way] : []));
    place.replaceChildren(state);
  };
  // Opens beside this page: what was typed stays before one's eyes, and is saved when one comes back.
  const link = (address, text) => Object.assign(document.createElement("a"), { href: address, textContent: text, target: "_blank" });
  const button = (text, act) => {
    const made = Object.assign(document.createElement("button"), { type: "button", textContent: text, className: "btn btn-sm btn-outline-primary" });
    made.addEventListener("click", act);
    return made;
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
    if (line && line.dataset.fixed === undefined) line.lastChild.textContent = ` · ${text}`;
  };

  // --- fields

  const closestQuestion = (name) => {
    const field = form.elements[name], one = field && (field.length && !field.tagName ? field[0] : field);
    const question = one && one.closest && one.closest("[data-question]");
    return question ? question.dataset.question : "";
  };
  const typed = () => [...new FormData(form)].filter(([name, value]) => typeof value === "string" && !name.startsWith("form.") && name !== "csrfmiddlewaretoken");
  const fieldsOf = (name) => [...form.querySelectorAll(`[name="${CSS.escape(name)}"]`)];
  const put = (name, values) => fieldsOf(name).forEach((field) => {
    if (field.type === "radio" || field.type === "checkbox") field.checked = values.includes(field.value);
    else if (field.type !== "hidden" && field.type !== "file") field.value = values[0] ?? "";
  });

  // --- what could not be sent stays on this computer until it was

  const local = {
    read: (key) => { try { return JSON.parse(localStorage.getItem(key)); } catch { return null; } },
    write: (key, value) => { try { localStorage.setItem(key, JSON.stringify(value)); } catch { /* full or forbidden */ } },
    drop: (key) => { try { localStorage.removeItem(key); } catch { /* forbidden */ } },
  };
  const keep = () => { clearTimeout(keeper); local.write(store, { marks: marks.value, version: version.value, dirty: [...dirty], typed: typed(), at: Date.now() }); };
  const keepSoon = () => { clearTimeout(keeper); keeper = setTimeout(keep, 200); };
  const forget = () => { clearTimeout(keeper); local.drop(store); };
  const forgetOld = () => {
    try {
      Object.keys(localStorage).filter((key) => key.startsWith("application.")).forEach((key) => {
        const kept = local.read(key);
        if (!kept || !kept.at || Date.now() - kept.at > FORGOTTEN) local.drop(key);
      });
    } catch { /* forbidden */ }
  };
  const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);
  const restore = () => {
    const kept = local.read(store);
    if (!kept || !kept.typed) return;
    const names = [...new Set(kept.typed.map(([name]) => name))];
    form.dispatchEvent(new CustomEvent("rows-needed", { bubbles: true, detail: names }));
    const now = typed(), valuesIn = (list, name) => list.filter(([one]) => one === name).map(([, value]) => value);
    const changed = [...new Set([...names, ...now.map(([name]) => name)])].filter((name) => fieldsOf(name).length && !same(valuesIn(kept.typed, name), valuesIn(now, name)));
    if (!changed.length) { forget(); return; }
    // The text rests on the answers that it was written over: the server finds out what colleagues changed since.
    const wanted = new Set(kept.dirty), before = JSON.parse(kept.marks || "{}"), present = JSON.parse(marks.value || "{}");
    let brought = 0;
    changed.forEach((name) => {
      const key = closestQuestion(name);
      if (wanted.size && !wanted.has(key)) return;
      put(name, valuesIn(kept.typed, name));
      if (before[key] === undefined) delete present[key]; else present[key] = before[key];
      dirty.add(key);
      brought += 1;
    });
    if (!brought) { forget(); return; }
    marks.value = JSON.stringify(present);
    say(form.dataset.restored, "offline");
    form.dispatchEvent(new Event("input"));
    plan(0);
  };

  // --- colleagues

  const changedBy = (key, text) => {
    const question = form.querySelector(`[data-question="${CSS.escape(key)}"]`);
    if (!question) return;
    let note = question.querySelector("[data-colleague]");
    if (!note) {
      note = Object.assign(document.createElement("p"), { className: "hint colleague-note" });
      note.dataset.colleague = "";
      note.setAttribute("role", "status");
      question.append(note);
    }
    note.textContent = text;
  };
  const take = (news) => {
    const known = JSON.parse(marks.value || "{}"), apart = [];
    Object.entries(news || {}).forEach(([key, anew]) => {
      if ((known[key] || "") === anew.mark || dirty.has(key)) return;
      if (anew.value === undefined) { apart.push(anew.label); return; }
      put(key, anew.value);
      known[key] = anew.mark;
      changedBy(key, form.dataset.changed);
    });
    marks.value = JSON.stringify(known);
    if (apart.length) changedApart(apart);
    form.dispatchEvent(new Event("input"));
  };
  const changedApart = (labels) => {
    let note = form.querySelector("[data-apart]");
    if (!note) {
      note = Object.assign(document.createElement("div"), { className: "note note-info mb-3" });
      note.dataset.apart = "";
      note.setAttribute("role", "status");
      form.querySelector(".form-actions").before(note);
    }
    const again = button(form.dataset.reload, async () => { if (await settled()) location.reload(); });
    note.replaceChildren(`${form.dataset.changedApart.replace("{what}", labels.join(", "))} `, again);
  };
  const here = (lines) => {
    const box = document.querySelector("[data-here]");
    if (!box || !lines) return;
    const list = box.querySelector("[data-here-lines]");
    if (same([...list.children].map((line) => line.textContent), lines)) return;
    list.replaceChildren(...lines.map((line) => Object.assign(document.createElement("li"), { textContent: line })));
    box.hidden = !lines.length;
  };
  const look = async () => {
    if (document.hidden || !navigator.onLine || stopped) return;
    const address = new URL(form.dataset.hereUrl, location.href);
    address.searchParams.set("section", form.dataset.section);
    address.searchParams.set("version", version.value);
    try {
      const answer = await fetch(address, { headers: { Accept: "application/json" }, redirect: "error" });
      if (answer.status === 401 && !busy) { const out = await answer.json(); say(out.reason, "offline", link(out.login, form.dataset.login)); }
      if (answer.status !== 200) return;
      const said = await answer.json();
      here(said.here);
      if (said.colleagues && !busy) { take(said.colleagues); version.value = said.version; }
    } catch { /* the next look will do */ }
  };

  // --- saving

  const plan = (wait) => { clearTimeout(timer); timer = setTimeout(save, wait); };
  const tryLater = () => { plan(PAUSES[Math.min(failed, PAUSES.length - 1)] * 1000); failed += 1; };
  const send = (keepalive) => {
    const data = new FormData(form), over = new AbortController();
    form.querySelectorAll("input[type=file]").forEach((field) => data.delete(field.name));
    const limit = setTimeout(() => over.abort(), SLOW);
    return fetch(form.getAttribute("action") || location.pathname, {
      method: "POST", body: data, headers: { "X-Autosave": "1", "X-Person": form.dataset.key.split(".")[0] }, redirect: "error", signal: over.signal, keepalive: Boolean(keepalive),
    }).finally(() => clearTimeout(limit));
  };
  const saved = (said, sent) => {
    version.value = said.version;
    marks.value = JSON.stringify({ ...JSON.parse(marks.value || "{}"), ...said.marks });
    show(said.hidden); sums(said.sums); missing(said.missing);
    form.dispatchEvent(new CustomEvent("earlier", { detail: said.earlier }));
    const clashing = Object.keys(said.clashing || {});
    sent.forEach((key) => { if (!again && !clashing.includes(key)) dirty.delete(key); });
    take(said.colleagues);
    here(said.here);
  };
  const clash = (said) => {
    Object.keys(said.clashing).forEach((key) => { dirty.add(key); changedBy(key, said.conflict); });
    keep();
    const choose = button(form.dataset.choose, () => { leaving = true; form.querySelector("button[name='form.action'][value=save]").click(); });
    say(said.conflict, "offline", choose);
  };
  // Returns whether all that was typed is on the server.
  const save = async (keepalive) => {
    if (busy) { again = true; return false; }
    if (!dirty.size || stopped) return !dirty.size;
    clearTimeout(timer);
    busy = true;
    const sent = [...dirty];
    say(form.dataset.saving, "busy");
    keep();
    let done = false;
    try {
      let answer = await send(keepalive);
      if (answer.status === 403) {  // the login was renewed elsewhere: the form takes its new token
        const fresh = await answer.json().catch(() => ({}));
        if (fresh.token) { form.elements.csrfmiddlewaretoken.value = fresh.token; answer = await send(keepalive); }
      }
      // 404: who writes here may not any more, for instance a helper whose time is over.
      const said = answer.status === 404 ? { closed: form.dataset.gone }
        : [200, 401, 409].includes(answer.status) ? await answer.json() : null;
      if (!said) throw Object.assign(new Error(String(answer.status)), { answered: true });
      failed = 0;
      if (answer.status === 401) { say(said.reason, "offline", link(said.login, form.dataset.login)); plan(30000); }
      else if (said.closed) { stopped = said.closed; say(said.closed, "offline"); }
      else {
        saved(said, sent);
        if (said.conflict) clash(said);
        else if (!dirty.size) { forget(); say(said.saved); done = true; }
      }
    } catch (fault) {
      say(fault.answered ? form.dataset.refused : form.dataset.offline, "offline");
      tryLater();
    }
    busy = false;
    if (again) { again = false; plan(0); }
    return done;
  };
  const settled = async () => {
    while (busy) await new Promise((done) => { setTimeout(done, 50); });
    return !dirty.size || save();
  };

  const changed = (event) => {
    const field = event.target;
    if (field === form || field.type === "file") return;
    const key = field.name ? closestQuestion(field.name) : (field.closest("[data-question]") || { dataset: {} }).dataset.question;
    if (!key) return;
    dirty.add(key);
    keepSoon();
    if (busy) again = true;
    plan(field.matches("input[type=radio], input[type=checkbox], select") ? 0 : 1000);
  };
  form.addEventListener("input", changed);
  window.addEventListener("online", () => { failed = 0; if (dirty.size) plan(0); });
  window.addEventListener("focus", () => { if (dirty.size && !busy) plan(0); });
  window.addEventListener("pageshow", (event) => { if (event.persisted) look(); });
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) { if (dirty.size && !busy) save(true); } else look();
  });

  // A button of the form: what was typed is saved first, so that a line that breaks now loses nothing.
  form.addEventListener("submit", async (event) => {
    if (leaving || (!busy && !dirty.size && navigator.onLine)) return;
    event.preventDefault();
    const by = event.submitter;
    if (form.dataset.going) return;
    form.dataset.going = "yes";
    if (dirty.size) keep();
    if (!navigator.onLine) { delete form.dataset.going; say(form.dataset.offline, "offline"); return; }
    const all = await settled();
    // Within the event that is being told of, a form cannot be submitted again: the browser would pass over it.
    await new Promise((done) => { setTimeout(done); });
    delete form.dataset.going;
    if (!all && !stopped && place.querySelector(".save-state-offline") && !place.querySelector("button")) return;
    leaving = true;
    if (by) form.requestSubmit(by); else HTMLFormElement.prototype.submit.call(form);
    setTimeout(() => { leaving = false; }, 5000);
  });

  forgetOld();
  restore();
  look();
  setInterval(look, LOOK);
})();
