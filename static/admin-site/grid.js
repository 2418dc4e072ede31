// Sums of a grid while it is written: exact, in hundredths, as the server adds them up when it is saved.
"use strict";

(() => {
  const HUNDREDTHS = 100n;
  const read = (text) => {
    const plain = String(text).trim().replace(/[\s ]+/g, "");
    const match = /^(\d+)(?:[.,](\d{1,2}))?$/.exec(plain);
    return match ? BigInt(match[1]) * HUNDREDTHS + BigInt((match[2] || "").padEnd(2, "0") || 0) : null;
  };
  // Ten-thousandths, since a weight and a score have two decimals each.
  const shown = (value) => {
    const comma = document.documentElement.lang.startsWith("hy");
    const digits = String(value).padStart(5, "0");
    const rest = digits.slice(-4).replace(/0+$/, "");
    const whole = digits.slice(0, -4).replace(/\B(?=(\d{3})+(?!\d))/g, comma ? " " : ",");
    return whole + (rest ? (comma ? "," : ".") + rest.padEnd(2, "0") : "");
  };
  const filled = (sentence, values) => sentence.replace(/%\((\w+)\)s/g, (_all, name) => values[name]);

  function watch(form) {
    const highest = () => read(form.elements.scale_max.value);
    const rowsOf = (list) => [...list.querySelector(":scope > [data-rows]").children].filter((row) => !row.hidden);
    const input = (row, name) => row.querySelector(`[name="${row.dataset.line}-${name}"]`);
    const texts = (row) => [...row.querySelectorAll("input[data-code], [data-text]")].filter((one) => one.closest("[data-line]") === row);
    const written = (row) => texts(row).some((one) => one.value.trim() !== "");

    function note(field, mark, most) {
      const place = field.closest(".fb-field").querySelector("[data-note]");
      const wrong = mark !== null && most !== null && mark * HUNDREDTHS > most;
      place.hidden = !wrong;
      place.textContent = wrong ? filled(form.dataset.unreachable, { mark: shown(mark * HUNDREDTHS), most: shown(most) }) : "";
    }

    function sumOf(section) {
      let sum = highest() === null ? null : 0n;
      for (const row of rowsOf(section.querySelector("[data-lines]"))) {
        const top = highest();
        note(input(row, "min"), read(input(row, "min").value), top === null ? null : top * HUNDREDTHS);
        if (!written(row)) continue;
        const typed = input(row, "weight").value.trim();
        const weight = typed === "" ? HUNDREDTHS : read(typed);
        sum = sum === null || weight === null ? null : sum + top * weight;
      }
      section.querySelector("[data-most]").textContent = sum === null ? "–" : shown(sum);
      note(input(section, "min"), read(input(section, "min").value), sum);
      return sum;
    }

    function refresh() {
      const sums = rowsOf(form.querySelector("[data-lines=sections]")).map(sumOf);
      const whole = sums.includes(null) || highest() === null ? null : sums.reduce((one, other) => one + other, 0n);
      const mark = read(form.elements.pass_mark.value);
      form.querySelector("[data-whole]").textContent = whole === null ? "–" : shown(whole);
      const known = whole !== null && whole > 0n && mark !== null;
      // Tenths of a percent, half up.
      const tenths = known ? (mark * HUNDREDTHS * 2000n + whole) / (2n * whole) : null;
      form.querySelector("[data-percent]").textContent = known ? `${shown(tenths * 1000n)} %`.replace(/([.,]\d)0 /, "$1 ") : "–";
      const meter = form.querySelector("[data-meter]");
      meter.max = whole ? Number(whole) / 10000 : 1;
      meter.value = mark === null ? 0 : Number(mark) / 100;
      const unreachable = mark !== null && whole !== null && mark * HUNDREDTHS > whole;
      const place = form.querySelector("[data-mark-note]");
      place.hidden = !unreachable;
      place.textContent = unreachable ? filled(form.dataset.unreachable, { mark: shown(mark * HUNDREDTHS), most: shown(whole) }) : "";
      offerTies();
    }

    function offerTies() {
      const names = [["", "—"]];
      for (const section of rowsOf(form.querySelector("[data-lines=sections]"))) {
        for (const row of [section, ...rowsOf(section.querySelector("[data-lines]"))]) {
          const code = input(row, "code").value.trim();
          const titles = texts(row).filter((one) => one.dataset.text === "title" && one.value.trim() !== "");
          const title = (titles.find((one) => one.lang === document.documentElement.lang) || titles[0])?.value.trim();
          if (code) names.push([code, title ? `${code} · ${title}` : code]);
        }
      }
      for (const select of form.querySelectorAll("select[data-tie]")) {
        const chosen = select.value;
        const options = names.some(([code]) => code === chosen) ? names : [...names, [chosen, chosen]];
        select.replaceChildren(...options.map(([code, title]) => new Option(title, code, false, code === chosen)));
      }
    }

    function showByRule() {
      const rule = form.elements.selection_rule.value;
      const shows = { selection_limit: rule === "count", selection_factor: rule === "budget", on_overflow: rule === "budget", divergence_percent: form.elements.divergence_resolve.value !== "none" };
      for (const [name, wanted] of Object.entries(shows)) form.elements[name].closest(".su-field").hidden = !wanted;
    }

    form.addEventListener("input", () => { refresh(); showByRule(); });
    form.addEventListener("change", showByRule);
    refresh();
    showByRule();
  }

  document.querySelectorAll("[data-grid-form]").forEach(watch);
})();
