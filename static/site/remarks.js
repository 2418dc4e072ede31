// Remarks below questions are sent without leaving the page. Without this file they open in another window.
(() => {
  "use strict";
  const form = document.getElementById("remarks-form");
  if (!form) return;
  const places = document.querySelectorAll("[data-remarks]");

  // What is typed in a remark is no answer: the script that saves answers need not know of it.
  places.forEach((place) => ["input", "change"].forEach((kind) => place.addEventListener(kind, (event) => event.stopPropagation())));

  const wrong = (place, text) => {
    const line = place.querySelector("[data-remark-error]"), field = place.querySelector("textarea");
    line.textContent = text;
    line.closest(".field-error").hidden = !text;
    field.classList.toggle("is-invalid", Boolean(text));
    field.toggleAttribute("aria-invalid", Boolean(text));
  };

  const post = (address, data) => fetch(address, { method: "POST", body: data, headers: { Accept: "application/json" }, redirect: "error" });

  const send = async (place, button) => {
    const said = place.querySelector("[data-remark-said]"), field = place.querySelector("textarea"), writes = !button.name;
    const data = new FormData();
    data.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    if (writes) data.set(field.name, field.value); else data.set(button.name, button.value);
    said.textContent = "";
    try {
      let answer = await post(place.dataset.remarks, data);
      let told = await answer.json();
      if (answer.status === 403 && told.token) {
        form.elements.csrfmiddlewaretoken.value = told.token;
        data.set("csrfmiddlewaretoken", told.token);
        answer = await post(place.dataset.remarks, data);
        told = await answer.json();
      }
      if (!answer.ok) { wrong(place, told.error || told.reason || form.dataset.refused); field.focus(); return; }
      wrong(place, "");
      place.querySelector("[data-remarks-lines]").innerHTML = told.html;
      place.querySelector("[data-remarks-summary]").textContent = told.summary;
      if (writes) field.value = "";
      said.textContent = writes ? form.dataset.said : form.dataset.saved;
      if (!document.contains(button)) field.focus();
    } catch (error) {
      wrong(place, error instanceof SyntaxError ? form.dataset.refused : form.dataset.offline);
    }
  };

  form.addEventListener("submit", (event) => {
    const button = event.submitter, place = button && button.closest("[data-remarks]");
    if (!place) return;
    event.preventDefault();
    if (place.dataset.busy) return;
    place.dataset.busy = "1";
    send(place, button).finally(() => { delete place.dataset.busy; });
  });
})();
