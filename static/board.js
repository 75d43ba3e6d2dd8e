/* Looks at the board anew some times a minute, while anybody looks at it: one small fragment, put in place.
   Without this script the page says how it refreshes. */
(() => {
  "use strict";

  const place = document.querySelector("[data-board]");
  const stale = document.querySelector("[data-stale]");
  if (!place) return;

  const put = (html) => {
    const held = place.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
    const open = place.querySelector("details")?.open;
    place.replaceChildren(...new DOMParser().parseFromString(html, "text/html").body.childNodes);
    const details = place.querySelector("details");
    if (open && details) details.open = true;
    if (held) place.querySelector(`a[href="${CSS.escape(held)}"]`)?.focus({ preventScroll: true });
  };

  const look = async () => {
    if (document.hidden) return;
    try {
      const answer = await fetch(place.dataset.board, { headers: { Accept: "text/html" }, redirect: "error" });
      if (!answer.ok) throw new Error(String(answer.status));
      put(await answer.text());
      stale.hidden = true;
    } catch {
      stale.hidden = false;
    }
  };

  setInterval(look, Number(place.dataset.seconds) * 1000);
  document.addEventListener("visibilitychange", look);
})();
