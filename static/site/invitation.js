// Takes the word of an invitation from behind the # of the link: browsers send that part to nobody.
(() => {
  "use strict";
  const form = document.querySelector("[data-invitation]");
  const word = decodeURIComponent(location.hash.slice(1));
  if (!form || !/^[A-Z2-7]{32}$/.test(word)) return;
  history.replaceState(null, "", location.pathname);
  form.querySelector("[data-invitation-word]").value = word;
  form.submit();
})();
