/* The keys of a call. They press what stands on the page, and only there: without this script every page
   works by mouse and Tab. A key is taken once the question is seen, and none after it was answered. */
(() => {
  "use strict";

  const BEAT = 30_000;
  const PATIENCE = 8_000;
  let shown = false;
  let sent = false;

  const find = (selector, within = document) => within.querySelector(selector);
  const box = () => find("[data-box]");
  const press = (name) => find(`[data-key="${name}"]`);

  // -- what is pressed --

  const isText = (target) => target instanceof HTMLElement && target.matches("textarea, input:not([data-box], [type=radio], [type=checkbox], [type=submit])");

  const letter = (event) => {
    if (/^[a-z]$/i.test(event.key)) return event.key.toLowerCase();
    // An input method hides the letter, not the key.
    return /^Key[A-Z]$/.test(event.code) ? event.code.slice(3).toLowerCase() : "";
  };

  const enter = (code) => {
    const into = box();
    if (!into || code === undefined) return;
    into.value = code;
    into.focus();
    echo();
  };

  const act = (name) => {
    if (name === "d") return enter(box()?.dataset.dontKnow);
    if (name === "r") return enter(box()?.dataset.refused);
    const target = press(name);
    if (!target) return undefined;
    if (target instanceof HTMLDetailsElement) {
      target.open = true;
      return find("textarea, input, button", target)?.focus();
    }
    if (target instanceof HTMLAnchorElement) leave();
    return target.click();
  };

  const save = (target) => {
    const form = target instanceof Element && target.closest("form");
    const main = form || find("form[data-main]");
    main?.requestSubmit();
  };

  const takes = (name) => press(name) || (name === "d" && box()?.dataset.dontKnow) || (name === "r" && box()?.dataset.refused);

  const command = (event) => {
    const name = letter(event);
    if (!name || event.ctrlKey || event.metaKey || isText(event.target) !== event.altKey) return false;
    if (!takes(name)) return box() === event.target;
    if (!event.repeat) act(name);
    return true;
  };

  const back = (event) => {
    const alone = !isText(event.target) && !(event.target.matches("[data-box]") && event.target.value);
    if (!(event.key === "ArrowLeft" && event.altKey) && !(event.key === "Backspace" && alone)) return false;
    if (!event.repeat) act("back");
    return true;
  };

  const digit = (event) => {
    const into = box();
    if (!into || event.target === into || isText(event.target) || event.altKey || !/^[0-9]$/.test(event.key)) return false;
    enter(into.value + event.key);
    return true;
  };

  const confirmed = (event) => {
    if (event.key !== "Enter" || event.isComposing || event.shiftKey) return false;
    if (event.target.matches("button, a, summary, input:not([type=radio], [type=checkbox])")) return event.repeat;
    if (!event.repeat) save(event.target);
    return true;
  };

  const onKey = (event) => {
    if (event.ctrlKey || event.metaKey || !(event.target instanceof Element)) return;
    if (!shown || sent) {
      if (!/^F[0-9]+$/.test(event.key)) event.preventDefault();
      return;
    }
    if (event.key === "Escape" && isText(event.target) && box()) return box().focus();
    if (back(event) || confirmed(event) || digit(event) || command(event)) event.preventDefault();
  };

  // -- what is said of it --

  const labelOf = (code) => find(`[data-code="${CSS.escape(code)}"] [data-label]`)?.textContent.trim();

  const echo = () => {
    const into = box();
    const said = find("[data-echo]");
    if (!into || !said) return;
    const codes = into.value.normalize("NFKC").split(/[\s,，、;；]+/).filter(Boolean);
    said.textContent = codes.map((code) => labelOf(code) ?? "").filter(Boolean).join("、");
    for (const each of document.querySelectorAll("[data-code]")) each.classList.toggle("typed", codes.includes(each.dataset.code));
  };

  const chosen = (event) => {
    const into = box();
    if (!into || !event.target.matches("[data-code] input[type=radio]")) return;
    // What is typed goes before what is chosen, so that the later one must stand in the box.
    into.value = event.target.closest("[data-code]").dataset.code;
    echo();
  };

  const say = (name) => {
    const notice = find(`[data-said="${name}"]`);
    if (notice) notice.hidden = false;
  };

  const leave = () => {
    sent = true;
    window.setTimeout(() => {
      sent = false;
      say("slow");
    }, PATIENCE);
  };

  // -- what is half written outlives a key that leaves the page and comes back to it --

  const DRAFT = "half-written";
  const written = () => find("#main-form textarea");

  const keep = (form) => {
    const text = written();
    if (text?.value && form !== text.form) sessionStorage.setItem(DRAFT, JSON.stringify([location.pathname, text.value]));
  };

  const restore = () => {
    const [path, value] = JSON.parse(sessionStorage.getItem(DRAFT) ?? "[]");
    sessionStorage.removeItem(DRAFT);
    if (path === location.pathname && written()) written().value = value;
  };

  const submits = (event) => {
    if (sent) return event.preventDefault();
    keep(event.target);
    return leave();
  };

  // -- what goes on while somebody talks --

  const beat = async (form, stop) => {
    try {
      const answer = await fetch(form.action, { method: "POST", body: new FormData(form), redirect: "manual" });
      if (answer.ok) return;
      if (answer.status >= 500) return say("slow");
      say("lapsed");
      // Whoever has lost the household asks for it no more.
      stop();
    } catch {
      say("slow");
    }
  };

  const tick = (time) => {
    const seconds = Math.max(0, Math.floor((Date.now() - Date.parse(time.dateTime)) / 1000));
    time.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  };

  const begin = () => {
    document.addEventListener("input", echo);
    document.addEventListener("change", chosen);
    document.addEventListener("submit", submits);
    restore();
    echo();
    const renewal = find("form[data-beat]");
    if (renewal) {
      const beating = window.setInterval(() => beat(renewal, () => window.clearInterval(beating)), BEAT);
    }
    const time = find("time[data-since]");
    if (time) {
      tick(time);
      window.setInterval(() => tick(time), 1000);
    }
    // Two frames later the page has been painted: from here on its question is the one that was read.
    requestAnimationFrame(() => requestAnimationFrame(() => {
      shown = true;
      document.documentElement.dataset.keys = "on";
    }));
  };

  document.addEventListener("keydown", onKey, true);
  document.addEventListener("DOMContentLoaded", begin);
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) sent = false;
  });
})();
