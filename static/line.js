/* Tells how the line of a call stands. Without this script the page says so when it is opened anew. */
(() => {
  "use strict";

  const PAUSE = 2_000;
  const told = document.querySelector("[data-line]");
  if (!told) return;

  const typed = () => document.querySelector("[data-box]")?.value;

  const look = async () => {
    try {
      const answer = await fetch(told.dataset.line, { headers: { Accept: "application/json" } });
      if (answer.status >= 500) return;
      // Where the household is in this hand no more, the page itself leads on.
      const line = answer.ok && !answer.redirected ? await answer.json() : { said: told.textContent, moved: true };
      if (told.textContent !== line.said) told.textContent = line.said;
      // What somebody is typing isn't taken from under the hand.
      if (line.moved && !typed()) window.location.reload();
    } catch {
      // Asked again in a moment.
    }
  };

  window.setInterval(look, PAUSE);
})();
