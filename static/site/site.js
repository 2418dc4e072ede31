// Small comforts of the site. Every page works without this file.
(() => {
  "use strict";
  const language = document.documentElement.lang || "hy";
  const each = (selector, act) => document.querySelectorAll(selector).forEach(act);

  // Menus close on Escape and on a click elsewhere.
  const closeMenus = (except) => each("details.menu[open]", (menu) => { if (menu !== except) menu.open = false; });
  document.addEventListener("click", (event) => closeMenus(event.target.closest("details.menu")));
  document.addEventListener("keydown", (event) => {
    const open = event.key === "Escape" && document.querySelector("details.menu[open]");
    if (open) { open.open = false; open.querySelector("summary").focus(); }
  });

  // A summary of errors takes the focus, so that a screen reader starts there.
  const summary = document.querySelector(".error-summary");
  if (summary) summary.focus();

  document.addEventListener("click", (event) => { if (event.target.closest("[data-print]")) window.print(); });

  // Time left, by the server's clock: the page says what time it was there when it was made.
  const left = (milliseconds, words) => {
    const minutes = Math.floor(milliseconds / 60000), hours = Math.floor(minutes / 60), days = Math.floor(hours / 24);
    const unit = (count, place) => count ? `${count} ${words[2 * place + (count === 1 ? 0 : 1)]}` : "";
    const parts = days ? [unit(days, 0), unit(hours % 24, 1)] : [unit(hours, 1), unit(minutes % 60, 2)];
    return parts.filter(Boolean).join(" ") || unit(1, 2);
  };
  const ticking = (block) => {
    const end = Date.parse(block.dataset.deadline), start = Date.parse(block.dataset.now), loaded = performance.now();
    const figure = block.querySelector("[data-left]"), line = block.querySelector(".left");
    const words = figure && figure.dataset.left.split(" ");
    const tick = () => {
      const remaining = end - start - (performance.now() - loaded);
      if (remaining < 0) {
        line.textContent = line.dataset.over;
        block.classList.add("deadline-over");
      } else {
        figure.textContent = left(remaining, words);
        setTimeout(tick, Math.min(remaining + 1, 20000));
      }
    };
    if (figure) tick();
  };
  // The hour by the reader's own clock, where the server does not know the reader's zone.
  const ownClock = (block) => {
    const line = block.querySelector("[data-own-clock]"), end = new Date(block.dataset.deadline);
    if (!line || -end.getTimezoneOffset() === Number(block.dataset.offset)) return;
    const two = (number) => String(number).padStart(2, "0");
    const hour = `${two(end.getHours())}:${two(end.getMinutes())}`;
    const sameDay = block.dataset.day === `${end.getFullYear()}-${two(end.getMonth() + 1)}-${two(end.getDate())}`;
    const date = language === "hy" ? `${two(end.getDate())}.${two(end.getMonth() + 1)}.${end.getFullYear()}`
      : end.toLocaleDateString("en-GB", { day: "numeric", month: "long", year: "numeric" });
    line.querySelector("[data-hour]").textContent = sameDay ? hour : `${date}, ${hour}`;
    line.hidden = false;
  };
  each("[data-deadline]", (block) => { ticking(block); ownClock(block); });

  // Whoever writes into the text of a choice has made that choice.
  each("[data-chooses]", (field) => field.addEventListener("input", () => { document.getElementById(field.dataset.chooses).checked = true; }));

  // "23 / 400 words", counted while typing; spoken only when typing stops.
  // White space is what the server holds for it; the forms of applications count by form-live.js.
  const space = /[\x09-\x0d\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/;
  const counted = (text, kind) => kind === "words" ? text.split(space).filter(Boolean).length : [...text].length;
  each(":not(form[data-live] *)[data-counter]", (counter) => {
    const field = document.getElementById(counter.dataset.counter), limit = Number(counter.dataset.limit);
    const spoken = counter.parentElement.querySelector("[aria-live]");
    let timer;
    const show = () => {
      const used = counted(field.value, counter.dataset.kind);
      counter.querySelector("[data-used]").textContent = used;
      counter.classList.toggle("counter-over", used > limit);
      clearTimeout(timer);
      timer = setTimeout(() => { if (spoken && document.activeElement === field) spoken.textContent = counter.textContent; }, 1500);
    };
    if (field) { field.addEventListener("input", show); show(); }
  });
})();
