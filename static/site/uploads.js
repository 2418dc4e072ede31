// Files sent in pieces: shown as they go, gone on with after a cut line, an expired login or another visit of the page.
// Without this file, files go with the form.
(() => {
  "use strict";
  const TIMEOUT = 180000, PARALLEL = 2, LONGEST_PAUSE = 30000, DAY = 86400000;
  const language = document.documentElement.lang || "hy";
  const put = (text, values) => text.replace(/\{(\w+)\}/g, (whole, name) => name in values ? values[name] : whole);
  const wait = (milliseconds) => new Promise((resolve) => { setTimeout(resolve, milliseconds); });

  // One request; the answer is {status, said}, status 0 where the line is cut.
  const send = (job, url, body, progress) => new Promise((resolve) => {
    const request = new XMLHttpRequest();
    job.requests.add(request);
    request.open("POST", url);
    request.timeout = TIMEOUT;
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("X-CSRFToken", job.box.token());
    request.upload.onprogress = (event) => progress && progress(event.loaded);
    request.onloadend = () => {
      job.requests.delete(request);
      let said = {};
      try { said = JSON.parse(request.responseText); } catch { /* a page of the proxy, or nothing */ }
      resolve({ status: request.status, said });
    };
    request.send(body);
  });

  // The line is back, the person came back from logging in, or the pause is over.
  const chance = (pause) => Promise.race([wait(pause), new Promise((resolve) => {
    ["online", "focus", "pageshow"].forEach((name) => window.addEventListener(name, resolve, { once: true }));
  })]);

  class Ended extends Error {
    constructor(reason, html) { super(reason); this.html = html; }
  }

  // Asks until there is an answer that means something.
  const ask = async (job, url, body, progress) => {
    for (let pause = 1000, fresh = 0; ; pause = Math.min(2 * pause, LONGEST_PAUSE)) {
      if (job.cancelled) throw new Ended("");
      const { status, said } = await send(job, url, body, progress);
      if (job.cancelled) throw new Ended("");
      if (status === 200) { job.row.line(true); return said; }
      if (status === 403 && said.token && fresh < 3) { fresh += 1; job.box.token(said.token); continue; }
      if (status === 422 && (said.missing || said.again)) return said;
      if (status === 422 || status === 409) throw new Ended(said.refused || said.closed || job.box.text("failed"));
      if (status === 401) job.row.logIn(said.login);
      else if (status === 0 || status === 429 || status >= 500) job.row.line(false);
      else if (status === 404) return { gone: true };
      else throw new Ended(job.box.text("failed"));
      await chance(status === 401 ? 5000 : pause);
    }
  };

  class Job {
    constructor(box, file) {
      Object.assign(this, { box, file, requests: new Set(), cancelled: false, sent: new Map() });
      this.row = new Row(box, file, () => this.cancel());
    }

    async run() {
      for (let round = 0; round < 4; round += 1) {
        const state = await ask(this, this.box.url, JSON.stringify(this.announced()));
        if (state.gone) throw new Ended(this.box.text("failed"));
        this.place = `${this.box.url}${state.token}/`;
        this.box.remember(this.file);
        const done = await this.pieces(state);
        if (done) return done;
      }
      throw new Ended(this.box.text("failed"));
    }

    announced() { return { name: this.file.name, size: this.file.size, modified: this.file.lastModified }; }

    // Sends what is missing, a few pieces at a time; null where it has to begin anew.
    async pieces(state) {
      const here = new Set(state.received);
      const queue = [...Array(state.count).keys()].filter((index) => !here.has(index));
      this.sent = new Map([...here].map((index) => [index, this.length(state, index)]));
      this.show();
      let anew = false;
      const worker = async () => {
        while (queue.length && !anew) {
          const said = await this.piece(state, queue.shift());
          if (said.again || said.gone) anew = true;
        }
      };
      await Promise.all(Array.from({ length: PARALLEL }, worker));
      if (anew) { await send(this, `${this.place}cancel/`, ""); return null; }
      this.row.state(this.box.text("checks"));
      const said = await ask(this, `${this.place}finish/`, "");
      return said.html ? said : null;
    }

    length(state, index) { return Math.min(state.chunk_size, this.file.size - index * state.chunk_size); }

    async piece(state, index) {
      const start = index * state.chunk_size;
      let content;
      try {
        content = await this.file.slice(start, start + this.length(state, index)).arrayBuffer();
      } catch { throw new Ended(this.box.text("unreadable")); }
      const said = await ask(this, `${this.place}${index}/`, content, (bytes) => { this.sent.set(index, bytes); this.show(); });
      this.sent.set(index, content.byteLength);
      this.show();
      return said;
    }

    show() {
      const bytes = [...this.sent.values()].reduce((sum, one) => sum + one, 0);
      this.row.progress(Math.min(100, Math.floor(100 * bytes / this.file.size)));
    }

    stop() {
      this.cancelled = true;
      this.requests.forEach((request) => request.abort());
    }

    cancel() {
      this.stop();
      this.box.forget(this.file);
      this.row.remove();
      if (this.place) send(this, `${this.place}cancel/`, "");
    }
  }

  class Row {
    constructor(box, file, cancel) {
      this.box = box;
      this.item = box.copy("row");
      this.bar = this.item.querySelector("progress");
      this.item.querySelector("[data-name]").textContent = file.name;
      this.item.querySelector("[data-size]").textContent = box.size(file.size);
      this.item.querySelector("[data-of]").textContent = ` ${file.name}`;
      this.bar.setAttribute("aria-label", file.name);
      this.item.querySelector("[data-cancel]").addEventListener("click", cancel);
      box.list().append(this.item);
      this.state(box.text("waits"));
      this.said = 0;
    }

    state(text) { this.text = text; this.item.querySelector("[data-state]").textContent = text; }

    progress(percent) {
      this.bar.value = percent;
      this.state(put(this.box.text("sends"), { percent }));
      // A screen reader hears of every quarter.
      if (percent >= this.said + 25) { this.said = percent; this.box.say(`${this.item.querySelector("[data-name]").textContent}: ${percent} %`); }
    }

    line(works) {
      if (works !== this.item.classList.contains("paused")) return;
      this.item.classList.toggle("paused", !works);
      if (!works) { this.state(this.box.text("paused")); this.box.say(this.text); }
    }

    logIn(address) {
      if (this.item.querySelector("[data-state] a")) return;
      const place = this.item.querySelector("[data-state]"), link = document.createElement("a");
      this.item.classList.add("paused");
      Object.assign(link, { href: address, target: "_blank", textContent: this.box.text("logIn") });
      place.replaceChildren(`${this.box.text("login")} `, link, `, ${this.box.text("afterLogin")}`);
      this.box.say(place.textContent);
    }

    remove() { this.item.remove(); }
  }

  class Box {
    constructor(element) {
      this.element = element;
      this.url = element.dataset.upload;
      this.form = element.closest("form");
      this.field = element.querySelector("input[type=file][name]");
      this.jobs = [];
      this.store = `uploads.${element.dataset.key}`;
      this.listen();
      this.unfinished();
    }

    text(name) { return this.element.dataset[name] || ""; }
    copy(name) { return this.element.querySelector(`template[data-${name}]`).content.firstElementChild.cloneNode(true); }
    say(text) { this.element.querySelector("[data-said]").textContent = text; }

    token(fresh) {
      const field = this.form.elements.csrfmiddlewaretoken;
      if (fresh) document.querySelectorAll("input[name=csrfmiddlewaretoken]").forEach((one) => { one.value = fresh; });
      return field.value;
    }

    size(bytes) {
      const write = (number) => new Intl.NumberFormat(language, { maximumFractionDigits: 1 }).format(number);
      return bytes < 1000000 ? put(this.text("kb"), { size: write(Math.max(1, Math.round(bytes / 1000))) })
        : put(this.text("mb"), { size: write(Math.floor(bytes / 100000) / 10) });
    }

    list() {
      let list = this.element.querySelector("ul.files");
      if (!list) {
        list = document.createElement("ul");
        list.className = "files";
        this.element.querySelector("[data-said]").before(list);
      }
      return list;
    }

    listen() {
      const ways = this.element.querySelector("[data-ways]"), camera = this.element.querySelector("[data-camera]");
      const lens = this.element.querySelector("[data-camera-input]");
      ways.hidden = false;
      this.field.classList.add("visually-hidden"); // its label is the button; it still takes the focus
      [this.field, lens].forEach((input) => input.addEventListener("change", () => {
        const files = [...input.files];
        input.value = "";
        this.take(files);
      }));
      camera.hidden = !(window.matchMedia("(pointer: coarse)").matches && /jpg|jpeg/.test(this.field.accept));
      camera.addEventListener("click", () => lens.click());
      let depth = 0;
      const mark = (by) => { depth = Math.max(0, depth + by); this.element.classList.toggle("dropping", depth > 0); };
      const withFiles = (event) => event.dataTransfer && [...event.dataTransfer.types].includes("Files");
      this.element.addEventListener("dragenter", (event) => { if (withFiles(event)) mark(1); });
      this.element.addEventListener("dragleave", (event) => { if (withFiles(event)) mark(-1); });
      this.element.addEventListener("drop", (event) => {
        if (!withFiles(event)) return;
        event.preventDefault();
        depth = 0; mark(0);
        this.take([...event.dataTransfer.files]);
      });
    }

    take(files) {
      files.filter((file) => !this.jobs.some((job) => this.same(job.file, file))).forEach((file) => {
        this.list().querySelectorAll("li.unfinished").forEach((item) => { if (item.upload && this.same(item.upload, file)) item.remove(); });
        const job = new Job(this, file);
        this.jobs.push(job);
      });
      this.go();
    }

    same(one, other) { return one.name === other.name && one.size === other.size && (one.lastModified || one.modified) === other.lastModified; }

    // One file after another: on a slow line the first is here soonest.
    async go() {
      if (this.going) return;
      this.going = true;
      while (this.jobs.length) {
        const job = this.jobs[0];
        try {
          if (!job.cancelled) this.arrived(job, await job.run());
        } catch (end) {
          if (!(end instanceof Ended)) throw end;
          job.stop();
          if (end.message) this.refused(job, end.message);
        } finally { this.jobs.shift(); }
      }
      this.going = false;
      document.dispatchEvent(new Event("uploads-settled"));
    }

    arrived(job, said) {
      this.forget(job.file);
      const holder = document.createElement("ul");
      holder.innerHTML = said.html; // made by our own template, every value in it escaped
      job.row.item.replaceWith(...holder.children);
      this.say(put(this.text("arrived"), { name: job.file.name }));
      const line = document.querySelector("[data-draft-bar] p");
      if (line && line.dataset.fixed === undefined) line.lastChild.textContent = ` · ${said.missing}`;
      this.form.dispatchEvent(new CustomEvent("files-changed", { bubbles: true }));
    }

    refused(job, reason) {
      this.forget(job.file);
      const item = this.copy("refusal");
      item.querySelector("[data-name]").textContent = job.file.name;
      item.querySelector("[data-reason]").textContent = reason;
      item.querySelector("[data-of]").textContent = ` ${job.file.name}`;
      item.querySelector("[data-dismiss]").addEventListener("click", () => item.remove());
      job.row.item.replaceWith(item);
      this.say(put(this.text("refused"), { name: job.file.name, reason }));
    }

    // What was begun and not finished is named on the next visit, for a day.
    remembered() {
      try { return JSON.parse(localStorage.getItem(this.store)) || []; } catch { return []; }
    }

    keep(files) {
      try {
        if (files.length) localStorage.setItem(this.store, JSON.stringify(files));
        else localStorage.removeItem(this.store);
      } catch { /* full or forbidden */ }
    }

    others(file) { return this.remembered().filter((one) => !(one.name === file.name && one.size === file.size && one.modified === file.lastModified)); }
    remember(file) { this.keep([...this.others(file), { name: file.name, size: file.size, modified: file.lastModified, at: Date.now() }]); }
    forget(file) { this.keep(this.others(file)); }

    unfinished() {
      const young = this.remembered().filter((one) => Date.now() - one.at < DAY);
      this.keep(young);
      young.forEach((one) => {
        const item = this.copy("row");
        item.classList.add("unfinished");
        item.upload = one;
        item.querySelector("progress").remove();
        item.querySelector("[data-name]").textContent = one.name;
        item.querySelector("[data-size]").textContent = this.size(one.size);
        item.querySelector("[data-of]").textContent = ` ${one.name}`;
        item.querySelector("[data-state]").textContent = this.text("unfinished");
        item.querySelector("[data-cancel]").addEventListener("click", () => { this.forget({ ...one, lastModified: one.modified }); item.remove(); });
        this.list().append(item);
      });
    }
  }

  const boxes = [...document.querySelectorAll("[data-upload]")].filter((element) => element.closest("form[data-application-form]")).map((element) => new Box(element));
  if (!boxes.length) return;
  const busy = () => boxes.some((box) => box.jobs.length);

  // A file dropped beside its place must not take the page away with all that was typed.
  ["dragover", "drop"].forEach((name) => window.addEventListener(name, (event) => {
    if (event.dataTransfer && [...event.dataTransfer.types].includes("Files")) event.preventDefault();
  }));

  // Who goes on while files are on their way waits for them, unless they press again.
  const form = boxes[0].form, held = boxes[0].element.querySelector("[data-held]");
  let holding = null;
  form.addEventListener("submit", (event) => {
    if (!busy() || holding) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    holding = { by: event.submitter };
    held.textContent = boxes[0].text("hold");
    held.hidden = false;
  }, { capture: true });
  document.addEventListener("uploads-settled", () => {
    if (!holding || busy()) return;
    if (document.querySelector(".uploads .refused")) { held.hidden = true; holding = null; return; }
    form.requestSubmit(holding.by);
  });
})();
