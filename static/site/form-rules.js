// The rules of a form in the browser: the verdicts that the server gives, at once while one types.
// Pure: no page, no network. It works on the data of applications/answers/definition.py, which also holds the patterns by
// which white space, numbers and dates are read; nothing of that is written here a second time. The server stays the
// judge. tests/applications/test_same_verdicts.py sends the same cases through both.
//
// Numbers are texts in their shortest form ("60000.5"); they are compared and summed exactly, never as floats.

const SCALE = 4, UNIT = 10n ** BigInt(SCALE);

// --- exact numbers ---------------------------------------------------------------------------------------------------

const parts = (text) => {
  const [whole, decimals = ""] = text.replace("-", "").split(".");
  return { negative: text.startsWith("-"), whole, decimals };
};

const scaled = (text, places) => {
  const { negative, whole, decimals } = parts(text);
  const value = BigInt(whole + decimals.padEnd(places, "0"));
  return negative ? -value : value;
};

/** Compare two numbers: below 0, 0, or above 0. */
export const compare = (one, other) => {
  const places = Math.max(parts(one).decimals.length, parts(other).decimals.length);
  const difference = scaled(one, places) - scaled(other, places);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
};

const shortest = (negative, whole, decimals) => {
  const head = whole.replace(/^0+(?=.)/, ""), tail = decimals.replace(/0+$/, "");
  const text = tail ? `${head}.${tail}` : head;
  return negative && text !== "0" ? `-${text}` : text;
};

const toScaled = (text) => scaled(text, SCALE);
const fromScaled = (value) => {
  const digits = String(value < 0n ? -value : value).padStart(SCALE + 1, "0");
  return shortest(value < 0n, digits.slice(0, -SCALE), digits.slice(-SCALE));
};

// --- reading -----------------------------------------------------------------------------------------------------------

const NUMBER_KINDS = ["integer", "decimal", "percent", "money"];
const whole = (pattern) => new RegExp(`^(?:${pattern})$`, "u");
const problem = (code, target, params = {}, missing = false) => ({ code, target, params, missing });

/** Everything that reads texts, by one grammar. */
export const reader = (grammar) => {
  const runs = new RegExp(`[${grammar.spaces}]+`, "gu");
  const around = new RegExp(`^[${grammar.spaces}]+|[${grammar.spaces}]+$`, "gu");
  const unseen = new RegExp(grammar.unseen, "gu");
  const shape = whole(grammar.shape);
  const groups = Object.fromEntries(Object.entries(grammar.groups).map(([sign, pattern]) => [sign, whole(pattern)]));
  const dates = grammar.dates.map(whole);

  const strip = (text) => text.replace(around, "");
  const onOneLine = (text) => text.replace(runs, " ").replace(/^ | $/g, "");
  const visible = (text) => text.replace(unseen, "");

  const cleanText = (raw, oneLine = false) => {
    if (typeof raw !== "string") return null;
    let text = raw.replaceAll("\r\n", "\n").replaceAll("\r", "\n");
    if (oneLine) text = onOneLine(visible(onOneLine(text)));
    return strip(visible(text)) || null;
  };

  const words = (text) => strip(text) === "" ? 0 : strip(text).split(runs).length;
  const characters = (text) => [...text].length;

  const ungrouped = (digits, sign) => groups[sign].test(digits) ? digits.replaceAll(sign, "") : null;
  const unreadable = (code, params = {}) => ({ code, params });

  const splitNumber = (plain) => {
    const signs = [...plain].filter((sign) => sign === "." || sign === ",");
    if (!signs.length) return { head: plain, sign: " ", decimals: null };
    const last = signs[signs.length - 1], same = signs.filter((sign) => sign === last).length;
    if (signs.length > 1 && same === signs.length) return { head: plain, sign: signs[0], decimals: null };
    const cut = plain.lastIndexOf(last), decimals = plain.slice(cut + 1);
    if (same > 1 || !/^[0-9]+$/.test(decimals)) return null;
    return { head: plain.slice(0, cut), sign: signs.length > 1 ? signs[0] : " ", decimals, alone: signs.length === 1 };
  };

  const decimalsFault = ({ head, decimals, alone }, places) => {
    if (alone && decimals.length === 3 && head.length <= 3 && !head.startsWith("0")) {
      return unreadable("ambiguous", { large: `${head}${grammar.noBreak}${decimals}`, small: shortest(false, head, decimals) });
    }
    if (!places) return unreadable("not_whole");
    return decimals.length > places ? unreadable("places", { places }) : null;
  };

  /** Read a number: {value} in its shortest form, or {code, params} where it has to be made clear. */
  const readNumber = (text, kind) => {
    let plain = onOneLine(text);
    const negative = plain !== "" && grammar.minus.includes(plain[0]);
    if (negative) plain = strip(plain.slice(1));
    if (!shape.test(plain)) return unreadable("not_number");
    const split = splitNumber(plain), digits = split && ungrouped(split.head, split.sign);
    if (digits === null) return unreadable("not_number");
    const fault = split.decimals !== null && decimalsFault(split, grammar.places[kind]);
    if (fault) return fault;
    if (digits.replace(/^0+/, "").length > grammar.digits) return unreadable("too_many_digits");
    return { value: shortest(negative, digits, split.decimals || "") };
  };

  const writeNumber = (value, kind) => {
    const [head, decimals] = value.split(".");
    if (decimals === undefined) return head;
    const width = grammar.places[kind] === 2 ? 2 : decimals.length === 3 ? 4 : decimals.length;
    return `${head}.${decimals.padEnd(width, "0")}`;
  };

  const cleanNumber = (raw, kind) => {
    const text = cleanText(raw, true), read = text && readNumber(text, kind);
    return read && read.value !== undefined ? writeNumber(read.value, kind) : text;
  };

  const numberOf = (kept, kind) => {
    const read = kept ? readNumber(kept, kind) : {};
    return read.value === undefined ? null : read.value;
  };

  /** Read a date: the text YYYY-MM-DD, or null. */
  const readDate = (text) => {
    const found = dates.map((shape) => shape.exec(strip(text))).find(Boolean);
    if (!found) return null;
    const [year, month, day] = ["y", "m", "d"].map((name) => Number(found.groups[name]));
    const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
    const days = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] || 0;
    if (year < 1 || day < 1 || day > days) return null;
    return [String(year).padStart(4, "0"), String(month).padStart(2, "0"), String(day).padStart(2, "0")].join("-");
  };

  return { cleanText, cleanNumber, words, characters, readNumber, numberOf, readDate };
};

// --- what is kept of what was typed ------------------------------------------------------------------------------------

const cleaners = (grammar, read) => {
  const truth = (raw) => {
    const word = String(raw).toLowerCase();
    return grammar.yes.includes(word) ? true : grammar.no.includes(word) ? false : null;
  };
  const filled = (entries) => Object.fromEntries(entries.filter(([, value]) => value !== null));
  const row = (columns, given) => filled(columns.map((column) => [column.key, clean(column, given[column.key])]));
  const cells = (given) => filled(grammar.cells.map((name) => [name, read.cleanNumber(given && given[name], "money")]));
  const source = (given) => filled([["name", read.cleanText(given.name, true)], ["amount", read.cleanNumber(given.amount, "money")]]);
  const some = (rows) => rows.filter((one) => Object.keys(one).length);

  const budget = (question, raw) => {
    if (!raw) return null;
    const lines = question.categories.map((code) => [code, cells((raw.categories || {})[code])]);
    const kept = {
      categories: Object.fromEntries(lines.filter(([, line]) => Object.keys(line).length)),
      sources: some((raw.sources || []).slice(0, grammar.rows).map(source)),
    };
    return Object.keys(kept.categories).length || kept.sources.length ? kept : null;
  };
  const table = (question, raw) => {
    const rows = some((raw || []).slice(0, grammar.rows).map((given) => row(question.columns || [], given)));
    return rows.length ? rows : null;
  };
  const choices = (question, raw) => {
    const chosen = (question.choices || []).filter((code) => (Array.isArray(raw) ? raw : [raw]).includes(code));
    return chosen.length ? chosen : null;
  };
  const date = (question, raw) => {
    const text = read.cleanText(raw, true);
    return (text && read.readDate(text)) || text;
  };

  const byKind = {
    short_text: (question, raw) => read.cleanText(raw, true),
    long_text: (question, raw) => read.cleanText(raw),
    date,
    yes_no: (question, raw) => truth(raw),
    declaration: (question, raw) => truth(raw) || null,
    choice: (question, raw) => (question.choices || []).includes(raw) ? raw : null,
    choices,
    table,
    budget,
    file: () => null,
    heading: () => null,
  };
  const clean = (question, raw) => NUMBER_KINDS.includes(question.kind)
    ? read.cleanNumber(raw, question.kind) : byKind[question.kind](question, raw);
  return clean;
};

// --- conditions ----------------------------------------------------------------------------------------------------------

const isNumber = (value) => value !== null && typeof value === "object" && "number" in value;

const is = (value, wanted) => {
  if (Array.isArray(value)) return value.some((one) => is(one, wanted));
  if (isNumber(value) && isNumber(wanted)) return compare(value.number, wanted.number) === 0;
  return value !== undefined && value === wanted;
};

/** Say whether a condition holds; values: key to what it says, and no entry where a question is not answered. */
export const holds = (condition, values) => {
  if ("all" in condition) return condition.all.every((part) => holds(part, values));
  if ("any" in condition) return condition.any.some((part) => holds(part, values));
  if ("not" in condition) return !holds(condition.not, values);
  const value = values[condition.question];
  if ("answered" in condition) return (value !== undefined) === condition.answered;
  if ("equals" in condition) return is(value, condition.equals);
  if ("in" in condition) return condition.in.some((wanted) => is(value, wanted));
  return isNumber(value) && compare(value.number, condition.greater.number) > 0;
};

// --- a section -------------------------------------------------------------------------------------------------------------

/** Return what a form sends, as the answers that were typed, and the numbers that the rows have in the names. */
export const posted = (questions, entries) => {
  const data = new Map(), numbers = {};
  entries.forEach(([name, value]) => data.set(name, [...(data.get(name) || []), value]));
  const last = (name) => (data.get(name) || []).at(-1);
  const rows = (prefix, columns) => {
    const starts = [...data.keys()].filter((name) => name.startsWith(`${prefix}.`));
    const found = starts.map((name) => /^([0-9]{1,4})-/.exec(name.slice(prefix.length + 1))).filter(Boolean);
    numbers[prefix] = [...new Set(found.map((match) => Number(match[1])))].sort((one, other) => one - other);
    return numbers[prefix].map((number) => Object.fromEntries(columns.map((column) => [column, last(`${prefix}.${number}-${column}`)])));
  };
  const budget = ({ key, categories }) => ({
    categories: Object.fromEntries((categories || []).map((code) => [code, { total: last(`${key}.${code}-total`), requested: last(`${key}.${code}-requested`) }])),
    sources: rows(`${key}.source`, ["name", "amount"]),
  });
  const answers = Object.fromEntries(questions.map((question) => [question.key,
    question.kind === "choices" ? data.get(question.key) || []
      : question.kind === "table" ? rows(question.key, (question.columns || []).map((column) => column.key))
        : question.kind === "budget" ? budget(question) : last(question.key)]));
  return { answers, numbers };
};

/** The rules of one section: what is kept, what is hidden, what is wrong, what a budget adds up to. */
export const rulesOf = (definition) => {
  const { grammar, questions, limits, amounts } = definition;
  const read = reader(grammar), clean = cleaners(grammar, read);

  const valueOf = (question, kept, files) => {
    if (question.kind === "file") return files ? [] : undefined;
    if (kept === null || kept === undefined || question.kind === "heading") return undefined;
    if (NUMBER_KINDS.includes(question.kind)) {
      const number = read.numberOf(kept, question.kind);
      return number === null ? undefined : { number };
    }
    return question.kind === "table" || question.kind === "budget" ? [] : kept;
  };

  // A condition on a question that is hidden sees no answer, whatever was typed there.
  const hiddenOf = (kept, files) => {
    const values = { ...definition.earlier }, hidden = [];
    questions.forEach((question) => {
      if (question.showIf && !holds(question.showIf, values)) { hidden.push(question.key); return; }
      const value = valueOf(question, kept[question.key], files[question.key]);
      if (value !== undefined) values[question.key] = value;
    });
    return hidden;
  };

  // --- what is wrong

  const ofText = (question, kept) => {
    const words = read.words(kept), characters = read.characters(kept), found = [];
    if (question.maxWords !== undefined && words > question.maxWords) found.push(problem("too_many_words", "", { used: words, limit: question.maxWords }));
    if (question.maxCharacters !== undefined && characters > question.maxCharacters) found.push(problem("too_many_characters", "", { used: characters, limit: question.maxCharacters }));
    return found;
  };
  const ofNumber = (question, kept) => {
    const number = read.readNumber(kept, question.kind), found = [];
    if (number.code) return [problem(number.code, "", { typed: kept, ...number.params })];
    if (question.min !== undefined && compare(number.value, question.min) < 0) found.push(problem("too_small", "", { limit: question.min }));
    if (question.max !== undefined && compare(number.value, question.max) > 0) found.push(problem("too_large", "", { limit: question.max }));
    return found;
  };
  const ofDate = (question, kept) => read.readDate(kept) ? [] : [problem("not_date", "", { typed: kept })];
  const ofTable = (question, kept) => {
    const found = [];
    if (question.minRows !== undefined && kept.length < question.minRows) found.push(problem("too_few_rows", "", { limit: question.minRows }, true));
    if (question.maxRows !== undefined && kept.length > question.maxRows) found.push(problem("too_many_rows", "", { limit: question.maxRows }));
    kept.forEach((row, index) => (question.columns || []).forEach((column) => {
      problemsOf(column, row[column.key]).forEach((one) => found.push({ ...one, target: `${question.key}.${index}-${column.key}` }));
    }));
    return found;
  };

  const ofAmount = (kept, target) => {
    if (kept === undefined) return [];
    const number = read.readNumber(kept, "money");
    if (number.code) return [problem(number.code, target, { typed: kept, ...number.params })];
    return compare(number.value, "0") < 0 ? [problem("too_small", target, { limit: "0" })] : [];
  };
  const part = (line, name) => read.numberOf(line[name], "money") || "0";
  const ofLine = (key, code, line) => {
    const unclear = grammar.cells.flatMap((name) => ofAmount(line[name], `${key}.${code}-${name}`));
    const above = !unclear.length && compare(part(line, "requested"), part(line, "total")) > 0;
    return above ? [problem("part_above_total", `${key}.${code}-requested`)] : unclear;
  };
  const ofSource = (source, place) => [
    ...ofAmount(source.amount, `${place}-amount`),
    ...(source.amount === undefined ? [problem("required", `${place}-amount`, {}, true)] : []),
    ...(source.name === undefined ? [problem("required", `${place}-name`, {}, true)] : []),
  ];
  const ofBudget = (question, kept) => {
    const found = [
      ...question.categories.flatMap((code) => ofLine(question.key, code, kept.categories[code] || {})),
      ...kept.sources.flatMap((source, index) => ofSource(source, `${question.key}.source.${index}`)),
    ];
    const sums = sumsOf(kept);
    if (question.required && compare(sums.total, "0") === 0 && !found.length) return [problem("required", "", {}, true)];
    if (!found.length && compare(sums.sources, sums.rest) !== 0) found.push(problem("sources_differ", `${question.key}.sources`, { sources: sums.sources, rest: sums.rest }));
    return found;
  };

  const checks = { short_text: ofText, long_text: ofText, date: ofDate, table: ofTable, budget: ofBudget };
  const ofFiles = (question, files) => {
    const found = [];
    if (question.required && !files) found.push(problem("file_required", "", {}, true));
    if (question.maxFiles !== undefined && files > question.maxFiles) found.push(problem("too_many_files", "", { limit: question.maxFiles }));
    return found;
  };
  const problemsOf = (question, kept, files = 0) => {
    if (question.kind === "file") return ofFiles(question, files);
    if (kept === null || kept === undefined) return question.required ? [problem(question.kind === "declaration" ? "confirm" : "required", "", {}, true)] : [];
    const check = NUMBER_KINDS.includes(question.kind) ? ofNumber : checks[question.kind];
    return check ? check(question, kept) : [];
  };

  // --- money and time

  const sumsOf = (kept) => {
    const add = (texts) => texts.reduce((sum, text) => sum + toScaled(read.numberOf(text, "money") || "0"), 0n);
    const lines = kept ? Object.values(kept.categories) : [];
    const total = add(lines.map((line) => line.total)), requested = add(lines.map((line) => line.requested));
    const sources = add(kept ? kept.sources.map((source) => source.amount) : []), rest = total - requested;
    return {
      total: fromScaled(total), requested: fromScaled(requested), sources: fromScaled(sources), rest: fromScaled(rest),
      uncovered: fromScaled(rest > 0n ? rest : 0n), unnamed: fromScaled(rest - sources), share: total > 0n ? share(rest, total) : null,
    };
  };
  // What others bring, in per cent of the total with one place, cut off: a share is never shown as reached before it is.
  const share = (rest, total) => fromScaled((rest > 0n ? rest : 0n) * 1000n / total * UNIT / 10n);

  const amountsOf = (kept) => {
    const months = amounts.months && read.numberOf(kept[amounts.months], "integer");
    if (amounts.budget) {
      const given = kept[amounts.budget], sums = sumsOf(given);
      return { requested: given ? sums.requested : null, total: given ? sums.total : null, months, at: amounts.budget, totalAt: amounts.budget };
    }
    const money = (key) => key ? read.numberOf(kept[key], "money") : null;
    return { requested: money(amounts.requested), total: money(amounts.total), months, at: amounts.requested, totalAt: amounts.total };
  };

  const ofGrant = (amount, target) => {
    const fault = (code, limit) => [problem(code, target, { limit, amount })];
    if (limits.fixed !== null) return compare(amount, limits.fixed) === 0 ? [] : fault("grant_fixed", limits.fixed);
    return [
      ...(limits.min !== null && compare(amount, limits.min) < 0 ? fault("grant_below", limits.min) : []),
      ...(limits.max !== null && compare(amount, limits.max) > 0 ? fault("grant_above", limits.max) : []),
    ];
  };
  const ofEarlier = (amount, target) => {
    if (limits.before === null || limits.within === null) return [];
    const before = toScaled(limits.before), difference = toScaled(amount) - before;
    const moved = (difference < 0n ? -difference : difference) * 100n * UNIT > toScaled(limits.within) * before;
    return moved ? [problem("request_moved", target, { percent: limits.within, before: limits.before, amount })] : [];
  };
  const ofShare = (amount, total, target) => {
    if (compare(amount, total) > 0) return [problem("requested_above_total", target, { total, amount })];
    const low = (toScaled(total) - toScaled(amount)) * 100n * UNIT < toScaled(limits.cofinancing) * toScaled(total);
    return low ? [problem("cofinancing_low", target, { percent: limits.cofinancing, total, amount })] : [];
  };
  const ofDuration = (months) => {
    if (months === null) return [];
    return [
      ...(compare(months, String(limits.minMonths)) < 0 ? [problem("duration_below", amounts.months, { limit: limits.minMonths })] : []),
      ...(compare(months, String(limits.maxMonths)) > 0 ? [problem("duration_above", amounts.months, { limit: limits.maxMonths })] : []),
    ];
  };
  const ofLimits = ({ requested, total, months, at, totalAt }) => [
    ...(requested === null ? [] : [...ofGrant(requested, at), ...ofEarlier(requested, at)]),
    ...(requested === null || total === null ? [] : ofShare(requested, total, totalAt)),
    ...ofDuration(months),
  ];

  // --- all of it

  const ofPriorities = (kept) => {
    const keys = definition.oneOf;
    return keys.length && !keys.some((key) => kept[key]) ? [{ ...problem("one_priority", keys[0], {}, true), key: keys[0] }] : [];
  };

  const problemsIn = (kept, hidden, files) => {
    const shown = questions.filter((question) => !hidden.includes(question.key));
    const found = shown.flatMap((question) => problemsOf(question, kept[question.key], files[question.key] || 0)
      .map((one) => ({ ...one, key: question.key, target: one.target || question.key })));
    found.push(...ofPriorities(kept));
    const unclear = found.filter((one) => !one.missing && one.code !== "sources_differ").map((one) => one.key);
    const answered = Object.fromEntries(shown.map((question) => [question.key, kept[question.key]]));
    const order = questions.map((question) => question.key);
    const limited = ofLimits(amountsOf({ ...definition.elsewhere, ...answered })).map((one) => ({ ...one, key: one.target }));
    found.push(...limited.filter((one) => order.includes(one.key) && !unclear.includes(one.key)));
    return found.sort((one, other) => order.indexOf(one.key) - order.indexOf(other.key));
  };

  /** Judge answers as they were typed. files: how many are there, by question. */
  const judge = (answers, files = definition.files) => {
    const kept = Object.fromEntries(questions.map((question) => [question.key, clean(question, answers[question.key])]));
    const hidden = hiddenOf(kept, files);
    const budgets = questions.filter((question) => question.kind === "budget");
    return {
      kept,
      hidden,
      problems: problemsIn(kept, hidden, files),
      sums: Object.fromEntries(budgets.map((question) => [question.key, sumsOf(kept[question.key])])),
    };
  };

  return { judge, read, clean, sumsOf };
};

// --- for people ----------------------------------------------------------------------------------------------------------------

/** Write an amount with its currency, cents only where there are any. style: {before, beforeNegative, group, point, after}. */
export const showMoney = (text, style) => {
  const { negative, whole: digits, decimals } = parts(text);
  const grouped = digits.replace(/\B(?=(\d{3})+$)/g, style.group);
  const cents = decimals ? style.point + decimals.padEnd(2, "0") : "";
  return `${negative ? style.beforeNegative : style.before}${grouped}${cents}${style.after}`;
};
