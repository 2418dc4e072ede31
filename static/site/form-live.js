// A section's page while one types: questions that appear and go, counters, sums, amounts shown back, and what is wrong at
// its field once it was left. All verdicts come from form-rules.js; this file only shows them. The page works without it.

const form = document.querySelector("form[data-live]"), data = document.getElementById("form-rules");
const PREFIX = "field-";

const start = async () => {
  const definition = JSON.parse(data.textContent);
  const { rulesOf, posted, showMoney } = await import(form.dataset.rulesModule);
  const rules = rulesOf(definition), { read } = rules;
  const byId = (id) => document.getElementById(id);
  const all = (selector) => form.querySelectorAll(selector);
  const text = (node, words) => { if (node.textContent !== words) node.textContent = words; };
  const money = (amount) => showMoney(amount, definition.money);

  // --- sentences

  const shown = (code, name, value) => {
    if (definition.moneyNames.includes(name) || (name === "limit" && definition.moneyLimits.includes(code))) return money(String(value));
    return (name !== "typed" && definition.numbers[value]) || String(value);
  };
  const say = ({ code, params }) => {
    const found = definition.sentences[code];
    const sentence = typeof found === "string" ? found : found[String(code === "places" ? params.places : params.limit)];
    return sentence.replace(/\{(\w+)\}/g, (_, name) => shown(code, name, params[name]));
  };

  // --- where a problem stands: by the names of the fields, which count the rows of the page and not those that are kept

  const kept = (question, row) => Object.keys(row).length && rules.clean(question, [row]) !== null;
  const keptSource = (question, row) => rules.clean(question, { categories: {}, sources: [row] }) !== null;
  const placeOf = (problem, { answers, numbers }) => {
    const question = definition.questions.find((one) => one.key === problem.key);
    const prefix = question.kind === "budget" ? `${question.key}.source` : question.key;
    const found = /^([0-9]+)-(.*)$/.exec(problem.target.startsWith(`${prefix}.`) ? problem.target.slice(prefix.length + 1) : "");
    if (!found || !numbers[prefix]) return problem.target;
    const rows = question.kind === "budget" ? answers[question.key].sources : answers[question.key];
    const stays = question.kind === "budget" ? keptSource : kept;
    const number = numbers[prefix].filter((_, index) => stays(question, rows[index]))[Number(found[1])];
    return `${prefix}.${number}-${found[2]}`;
  };

  // What the server showed already stays in sight until it is mended; the rest is said when a field was left.
  const textsIn = (node) => [...node.querySelectorAll("span")].map((one) => one.textContent);
  const nodes = [...all('[id^="field-"][id$="_error"]')].map((node) => [node.id.slice(PREFIX.length, -"_error".length), textsIn(node)]);
  const served = new Map([...nodes, ...[...all(".budget-lines .is-invalid")].map((field) => [field.name, []])]);
  const left = new Set();
  const wasLeft = (problem, place) => {
    if (problem.code === "sources_differ") return [...left].some((name) => name.startsWith(`${problem.key}.source.`));
    return left.has(place) || (place === problem.key && [...left].some((name) => name.startsWith(`${place}.`)));
  };
  const isSaid = (problem, place) => !problem.missing && (served.has(place) || wasLeft(problem, place));

  const errorNode = (id, wrapper) => {
    const node = document.createElement("div");
    node.id = id;
    const above = [...wrapper.querySelectorAll(":scope > .hint")].at(-1) || wrapper.querySelector(":scope > legend, :scope > label");
    if (above) above.after(node); else wrapper.prepend(node);
    return node;
  };
  const fill = (node, sentences) => node.replaceChildren(...sentences.map((sentence) => {
    const line = form.querySelector("template[data-error]").content.firstElementChild.cloneNode(true);
    line.querySelector("[data-sentence]").textContent = sentence;
    return line;
  }));
  const mark = (field, id, wrong) => {
    if (!field) return;
    const described = new Set((field.getAttribute("aria-describedby") || "").split(" ").filter(Boolean));
    if (wrong) described.add(id); else described.delete(id);
    if (described.size) field.setAttribute("aria-describedby", [...described].join(" ")); else field.removeAttribute("aria-describedby");
    if (field.matches("fieldset")) return;
    field.classList.toggle("is-invalid", wrong);
    if (wrong) field.setAttribute("aria-invalid", "true"); else field.removeAttribute("aria-invalid");
  };
  const showAt = (place, sentences) => {
    const field = byId(PREFIX + place) || byId(`${PREFIX}${place}_0`), id = `${PREFIX}${place}_error`;
    if (!field) return;
    const line = field.closest(".budget-lines tr");
    const wrapper = byId(`div_${PREFIX}${place}`) || (field.matches("fieldset") ? field : line ? line.querySelector("th") : field.closest(".field"));
    let node = byId(id);
    if (node && textsIn(node).join("\n") === sentences.join("\n")) return;
    if (sentences.length) {
      if (line) line.querySelectorAll("th > .field-error").forEach((old) => old.remove());
      node = node || (line ? wrapper.appendChild(Object.assign(document.createElement("div"), { id })) : errorNode(id, wrapper));
      fill(node, sentences);
    } else if (node) node.remove();
    else if (line && !line.querySelector('[id$="_error"]')) line.querySelectorAll("th > .field-error").forEach((old) => old.remove());
    if (!line) wrapper.classList.toggle("field-invalid", sentences.length > 0);
    mark(field, id, sentences.length > 0);
  };

  let marked = new Set();
  const showProblems = (verdict, given) => {
    const sentences = new Map();
    verdict.problems.forEach((problem) => {
      const place = placeOf(problem, given);
      if (problem.missing && served.has(place)) sentences.set(place, served.get(place));
      else if (isSaid(problem, place)) sentences.set(place, [...(sentences.get(place) || []), say(problem)]);
    });
    const before = new Set([...marked, ...served.keys()]);
    before.forEach((place) => { if (!sentences.has(place)) showAt(place, []); });
    sentences.forEach((said, place) => showAt(place, said));
    const fresh = [...sentences].filter(([place]) => !before.has(place)).flatMap(([, said]) => said);
    if (fresh.length) text(form.querySelector("[data-spoken]"), fresh.join(" "));
    marked = new Set(sentences.keys());
  };

  // --- counters, amounts, sums

  const showCounters = () => all("[data-counter]").forEach((counter) => {
    const field = byId(counter.dataset.counter);
    const typed = field && read.cleanText(field.value, field.tagName === "INPUT"), limit = Number(counter.dataset.limit);
    const used = typed ? read[counter.dataset.kind](typed) : 0;
    text(counter.querySelector("[data-used]"), String(used));
    counter.classList.toggle("counter-over", used > limit);
  });
  const showAmounts = () => all("[data-shown-back]").forEach((line) => {
    const field = byId(line.dataset.shownBack), number = field && field.value ? read.readNumber(field.value, "money") : {};
    text(line, number.value === undefined ? "" : money(number.value));
  });
  const showSums = (sums) => Object.entries(sums).forEach(([key, sum]) => {
    const within = (name) => all(`[data-${name}="${CSS.escape(key)}"]`);
    const cells = form.querySelectorAll(`[data-sums="${CSS.escape(key)}"] tfoot td`);
    [sum.total, sum.requested].forEach((amount, index) => { if (cells[index]) text(cells[index], money(amount)); });
    within("rest").forEach((node) => text(node, money(sum.uncovered)));
    within("sources").forEach((node) => text(node, money(sum.sources)));
    within("open").forEach((node) => text(node, money(sum.unnamed)));
    within("share").forEach((node) => text(node, sum.share === null ? "–" : `${sum.share.replace(".", definition.money.point)} %`));
  });

  // --- all of it

  const showQuestions = (hidden) => all("[data-conditional]").forEach((question) => {
    question.hidden = hidden.includes(question.dataset.question);
    const note = question.querySelector("[data-only-if]:not([data-stays])");
    if (note) note.hidden = true;
  });
  const refresh = () => {
    const entries = [...new FormData(form)].filter(([, value]) => typeof value === "string");
    const given = posted(definition.questions, entries), verdict = rules.judge(given.answers);
    if (!("showAll" in form.dataset)) showQuestions(verdict.hidden);
    showProblems(verdict, given);
    showCounters();
    showAmounts();
    showSums(verdict.sums);
  };

  let planned = false;
  const soon = () => {
    if (planned) return;
    planned = true;
    requestAnimationFrame(() => { planned = false; refresh(); });
  };
  form.addEventListener("input", soon);
  form.addEventListener("change", (event) => { if (event.target.name) left.add(event.target.name); soon(); });
  // What colleagues answered in other sections meanwhile.
  form.addEventListener("earlier", (event) => { definition.earlier = event.detail; soon(); });
  refresh();
  form.dataset.judged = "yes";
};

if (form && data) start();
