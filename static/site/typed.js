// Text that is held while somebody logs in again: the form gets a token that fits the new login. It works without this file too.
(() => {
  "use strict";
  const frame = document.querySelector("[data-typed]");
  if (!frame) return;
  const said = frame.querySelector("[data-said]"), token = frame.querySelector("[name=csrfmiddlewaretoken]");

  // Returns whether the form may be sent now, and says how things stand.
  const renew = async () => {
    try {
      const answer = await fetch(frame.dataset.token, { headers: { Accept: "application/json" }, redirect: "error" });
      if (answer.ok) token.value = (await answer.json()).token;
      said.textContent = answer.ok ? frame.dataset.ready : frame.dataset.waiting;
      return answer.ok;
    } catch {
      said.textContent = frame.dataset.offline;
      return false;
    }
  };

  frame.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (await renew()) HTMLFormElement.prototype.submit.call(event.target);
  });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) renew(); });
})();
