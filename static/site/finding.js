// The list of calls with JavaScript: filters fold on a phone; what nobody chose stays out of the address.
(() => {
  "use strict";
  const form = document.querySelector("[data-finder]");
  if (!form) return;

  // Wide screens show the filters, whatever was chosen; a phone folds them unless one of them is wrong.
  const filters = form.querySelector("[data-folds]");
  const wide = window.matchMedia("(min-width: 44rem)");
  const wrong = form.querySelector(".field-invalid");
  const fold = () => { filters.open = wide.matches || Boolean(wrong); };
  wide.addEventListener("change", fold);
  fold();

  form.addEventListener("htmx:configRequest", (event) => {
    const values = event.detail.parameters;
    Object.keys(values).forEach((name) => { if (values[name] === "") delete values[name]; });
  });
  form.addEventListener("formdata", (event) => {
    [...event.formData.entries()].forEach(([name, value]) => { if (value === "") event.formData.delete(name); });
  });
})();
