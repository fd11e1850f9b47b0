/* Saves a section a moment after the typing stops, and keeps what is not saved yet in this browser. Without this file the
   buttons of the page do the same. <form data-autosave="address" data-key="name of what is kept">; `data-seal` names the
   hidden field with what the server saw last, by default _mark. <a data-after-save> is followed once all is saved. */
const PAUSE = 1200, SHORTEST = 2000, LONGEST = 30000, KEPT_FOR = 7 * 24 * 3600 * 1000, PREFIX = "oproep.draft.";

function start(form) {
  const box = form.querySelector("[data-autosave-status]"), words = box.querySelector("[data-autosave-words]");
  const seal = form.elements[form.dataset.seal ?? "_mark"];
  let timer = 0, wait = SHORTEST, running = null, stopped = false, sentOnce = null;
  let clean = JSON.stringify(pairs(form, true)); // as the server sent it: the browser may have put typed text back by itself
  const seen = seal.value;
  forgetOld(form.dataset.key);
  if (form.dataset.sent === undefined) restore(); // the answer to a button shows what was typed anyway, and it is not saved yet

  form.addEventListener("input", (event) => { if (event.target.type !== "file") later(PAUSE); });
  form.addEventListener("change", (event) => { if (event.target.type !== "file") later(PAUSE); });
  form.addEventListener("submit", settle);
  window.addEventListener("online", () => later(0));
  document.addEventListener("click", leave);
  window.addEventListener("pagehide", keep);
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") { keep(); if (timer) later(0); } });

  function later(pause) {
    keep();
    clearTimeout(timer);
    timer = 0;
    if (!stopped && typed(form) !== clean) timer = setTimeout(save, pause);
  }

  async function leave(event) {
    const link = event.target.closest("a[data-after-save]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || stopped || (typed(form) === clean && !running)) return;
    event.preventDefault();
    clearTimeout(timer);
    if (running) await running;
    await save();
    location.assign(link.href);
  }

  async function save() {
    timer = 0;
    if (running) { await running; return later(PAUSE); }
    const before = typed(form);
    if (before === clean || stopped) return;
    running = send(before);
    await running;
    running = null;
    if (!stopped && typed(form) !== before) later(PAUSE);
  }

  async function send(before) {
    say(box.dataset.saving, "busy");
    let answer;
    try {
      answer = await fetch(form.dataset.autosave, { method: "POST", body: fields(form), redirect: "manual", headers: { Accept: "application/json" } });
    } catch {
      return again();
    }
    if (answer.type === "opaqueredirect" || answer.status === 401) return signedOut();
    if (answer.status >= 500) return again();
    const told = answer.headers.get("Content-Type")?.includes("json") ? await answer.json() : {};
    if (!answer.ok) { stopped = true; return say(told.problem ?? box.dataset.reload, "warn"); }
    wait = SHORTEST;
    saved(told, before);
  }

  function saved(told, before) {
    seal.value = told.marks;
    const open = told.refused.length + told.conflicts.length;
    clean = before;
    if (!open) {
      if (typed(form) === before) forget();
      form.dispatchEvent(new Event("oproep:saved"));
    } else keep(true);
    for (const place of form.querySelectorAll("[data-read]")) place.textContent = told.read[place.dataset.read] ?? "";
    say(told.saved, open || told.elsewhere.length ? "warn" : "good");
    for (const why of told.refused) line(`${box.dataset.refused} ${why}`);
    if (told.elsewhere.length) line(`${box.dataset.elsewhere} ${told.elsewhere.join(", ")}`);
    if (told.conflicts.length) line(`${box.dataset.conflict} ${told.conflicts.join(", ")}`, button(box.dataset.look, "stay"));
  }

  function again() {
    say(box.dataset.offline, "warn");
    timer = setTimeout(save, wait);
    wait = Math.min(wait * 2, LONGEST);
  }

  function signedOut() {
    stopped = true;
    keep();
    form.dispatchEvent(new Event("oproep:saved")); // it is kept: leaving the page need not be asked about
    const link = document.createElement("a");
    link.href = box.dataset.signInHref;
    link.textContent = box.dataset.signIn;
    say(box.dataset.signedOut, "warn");
    line("", link);
  }

  /* A button was pressed: an autosave that is under way ends first, or the page would meet its own answers. */
  function settle(event) {
    clearTimeout(timer);
    if (running && sentOnce !== event.submitter) {
      event.preventDefault();
      event.stopImmediatePropagation();
      sentOnce = event.submitter;
      running.then(() => form.requestSubmit(sentOnce));
      return;
    }
    keep();
    try { sessionStorage.setItem("oproep.sent", form.dataset.key); } catch { /* it will be offered once more than needed */ }
  }

  /* What is not saved yet is kept for this person, file and section; never documents or account numbers. */
  function keep(always = false) {
    if (!always && typed(form) === clean && !stopped) return;
    try {
      localStorage.setItem(form.dataset.key, JSON.stringify({ at: Date.now(), mark: seal.value, fields: pairs(form) }));
    } catch { /* a browser that keeps nothing still saves */ }
  }

  function forget() {
    try { localStorage.removeItem(form.dataset.key); } catch { /* nothing was kept */ }
  }

  function restore() {
    let kept = null;
    try { kept = JSON.parse(localStorage.getItem(form.dataset.key)); } catch { /* nothing was kept */ }
    if (!kept) return typed(form) === clean ? undefined : later(PAUSE);
    fill(form, kept.fields);
    if (typed(form) === clean) return forget();
    seal.value = kept.mark;
    const note = form.querySelector("[data-autosave-restored]");
    note.hidden = false;
    note.querySelector("[data-autosave-drop]").addEventListener("click", () => { note.hidden = true; drop(); });
    form.dispatchEvent(new Event("input", { bubbles: true }));
    later(PAUSE);
  }

  function drop() {
    clearTimeout(timer);
    form.reset();
    seal.value = seen;
    for (const one of form.elements) one.dispatchEvent(new Event("keyup"));
    box.hidden = true;
    forget();
    form.dispatchEvent(new Event("oproep:saved"));
    form.querySelector("input:not([type=hidden]), textarea")?.focus();
  }

  function say(text, tone) {
    box.hidden = false;
    box.className = `autosave autosave--${tone}`;
    box.querySelectorAll("p:not([data-autosave-words])").forEach((old) => old.remove());
    if (words.textContent !== text) words.textContent = text;
  }

  function line(text, more) {
    const told = document.createElement("p");
    told.append(text, " ", more ?? "");
    box.append(told);
  }

  function button(text, then) {
    const made = document.createElement("button");
    Object.assign(made, { type: "submit", name: "_then", value: then, textContent: text, className: "link-button" });
    return made;
  }
}

const ours = (element) => element.name && !element.name.startsWith("_") && !["file", "password", "hidden", "submit", "button"].includes(element.type) && element.dataset.private === undefined;

/* The named fields of the form as they stand, or as the server sent them; each ticked choice by itself. */
function pairs(form, first = false) {
  const chosen = (one) => !["checkbox", "radio"].includes(one.type) || (first ? one.defaultChecked : one.checked);
  return [...form.elements].filter((one) => ours(one) && chosen(one)).map((one) => [one.name, written(one, first)]);
}

function written(one, first) {
  if (!first || ["checkbox", "radio"].includes(one.type)) return one.value;
  return one.options ? ([...one.options].find((option) => option.defaultSelected) ?? one.options[0])?.value ?? "" : one.defaultValue;
}

const typed = (form) => JSON.stringify(pairs(form));

/* What the server gets: everything the page's buttons would send, but documents and what only a button means. */
function fields(form) {
  const body = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (typeof value === "string" && !["_remove", "_take"].includes(name)) body.append(name, value);
  return body;
}

function fill(form, kept) {
  const seen = new Map();
  for (const [name, value] of inRows(form, kept)) seen.set(name, [...(seen.get(name) ?? []), value]);
  const used = new Map();
  for (const one of [...form.elements].filter(ours)) {
    const values = seen.get(one.name) ?? [];
    if (["checkbox", "radio"].includes(one.type)) one.checked = values.includes(one.value);
    else {
      const at = used.get(one.name) ?? 0;
      used.set(one.name, at + 1);
      if (at < values.length) one.value = values[at];
      else if (one.closest("[data-row]")) one.value = ""; // a row more than was kept: an empty one is none
    }
    one.dispatchEvent(new Event("keyup")); // the character counts look again
  }
}

/* Rows are numbered anew by each page: the first kept row goes into the first one, and so on; rows are added as wanted. */
function inRows(form, kept) {
  for (const group of form.querySelectorAll("[data-rows]")) {
    const start = `${group.dataset.rows}.`;
    const number = (name) => name.startsWith(start) ? name.slice(start.length).split(".")[0] : undefined;
    const numbers = [...new Set(kept.map(([name]) => number(name)).filter((one) => /^\d+$/.test(one ?? "")))];
    const there = () => [...group.querySelectorAll(":scope > [data-row]")].map((row) => row.dataset.row);
    for (let had = -1; there().length < numbers.length && had !== there().length;) {
      had = there().length;
      group.querySelector(":scope > [data-add-row]")?.click();
    }
    const places = there();
    kept = kept.map(([name, value]) => {
      const at = numbers.indexOf(number(name) ?? "");
      return at < 0 || at >= places.length ? [name, value] : [start + places[at] + name.slice(start.length + numbers[at].length), value];
    });
  }
  return kept;
}

/* Other sections' that nobody came back to; never this one's, whatever the clock of this machine says. */
function forgetOld(own) {
  try {
    for (const key of Object.keys(localStorage).filter((one) => one.startsWith(PREFIX) && one !== own)) {
      const kept = JSON.parse(localStorage.getItem(key));
      if (!(Date.now() - kept?.at < KEPT_FOR)) localStorage.removeItem(key);
    }
  } catch { /* nothing can be kept here */ }
}

const section = document.querySelector("form[data-autosave]");
if (section) start(section);
