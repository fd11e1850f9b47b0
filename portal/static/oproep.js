/* Progressive enhancement. Every page works without this file; nothing here decides anything. */
import { Button, Checkboxes, createAll, ErrorSummary, FileUpload, NotificationBanner, PasswordInput, Radios, Tabs } from "./build/govuk.js";

const KEYS_OFF = "oproep.keys-off";

document.body.classList.add("js-enabled", "govuk-frontend-supported");

for (const component of [ErrorSummary, NotificationBanner, FileUpload, Checkboxes, Radios, PasswordInput, Tabs]) createAll(component);
createAll(Button, { preventDoubleClick: true });
// The words in the file button touch in its text but not in its name: someone who speaks to the computer could not call it.
document.querySelectorAll(".govuk-file-upload-button__status").forEach((status) => status.after(" "));

savedAfterAll();
keepOverLanguages();
submitOnce();
dirtyGuard();
menus();
scoring();

/* A form that is on its way is not sent a second time. The page may come back from the browser's memory: then it may. */
function submitOnce() {
  const sent = new Set();
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || event.defaultPrevented || form.dataset.again !== undefined) return;
    if (sent.has(form)) event.preventDefault();
    sent.add(form);
    form.setAttribute("aria-busy", "true");
  });
  window.addEventListener("pageshow", () => {
    for (const form of sent) form.removeAttribute("aria-busy");
    sent.clear();
  });
}

/* <form data-guard>: leaving with unsaved changes asks first. An autosave says so by the event "oproep:saved" on the form. */
function dirtyGuard() {
  for (const form of document.querySelectorAll("form[data-guard]")) {
    let dirty = false;
    form.addEventListener("input", () => { dirty = true; });
    form.addEventListener("submit", () => { dirty = false; });
    form.addEventListener("oproep:saved", () => { dirty = false; });
    window.addEventListener("beforeunload", (event) => { if (dirty) event.preventDefault(); });
  }
}

/* What a page kept of a form (see autosave.js) goes once the next page says that the form was saved. */
function savedAfterAll() {
  try {
    if (!document.querySelector("[data-saved]")) return;
    localStorage.removeItem(sessionStorage.getItem("oproep.sent"));
    sessionStorage.removeItem("oproep.sent");
  } catch { /* nothing is kept in this browser */ }
}

/* A change of language loads the page anew: what was typed goes along, but passwords, documents and account numbers. */
function keepOverLanguages() {
  const forms = () => [...document.querySelectorAll("main form[method=post]")].map((form) => [...form.elements].filter((one) => one.name && !["hidden", "password", "file", "submit", "button"].includes(one.type) && !/iban/i.test(one.name)));
  const ticks = (one) => ["checkbox", "radio"].includes(one.type);
  const typed = () => forms().map((fields) => fields.map((one) => [one.name, ticks(one) ? `${one.value}:${one.checked}` : one.value]));
  const before = JSON.stringify(typed());
  document.querySelector(".languages")?.addEventListener("click", (event) => {
    if (!event.target.closest("a") || JSON.stringify(typed()) === before) return;
    try { sessionStorage.setItem("oproep.language", JSON.stringify({ path: location.pathname, forms: typed() })); } catch { return; }
    document.querySelectorAll("form[data-guard]").forEach((form) => form.dispatchEvent(new Event("oproep:saved")));
  });
  try {
    const kept = JSON.parse(sessionStorage.getItem("oproep.language"));
    sessionStorage.removeItem("oproep.language");
    if (kept?.path !== location.pathname) return;
    forms().forEach((fields, at) => fields.forEach((one, place) => {
      const [name, value] = kept.forms[at]?.[place] ?? [];
      if (name !== one.name) return;
      if (ticks(one)) one.checked = value === `${one.value}:true`;
      else one.value = value;
      if (value !== undefined) one.dispatchEvent(new Event("input", { bubbles: true }));
    }));
  } catch { /* a browser that keeps nothing */ }
}

function menus() {
  const close = (menu, focus) => { menu.open = false; if (focus) menu.querySelector("summary").focus(); };
  const open = () => document.querySelectorAll("details[data-menu][open]");
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") open().forEach((menu) => close(menu, true)); });
  document.addEventListener("click", (event) => open().forEach((menu) => { if (!menu.contains(event.target)) close(menu, false); }));
}

/* Digits mark the criterion in focus, C goes to its comment, J and K to the next and the previous one; letters on links
   follow them. All can be switched off (WCAG 2.1.4), and no key is taken from a field of text but Escape. */
function scoring() {
  const criteria = [...document.querySelectorAll("[data-score]")];
  const help = document.querySelector("[data-key-help]");
  if (!criteria.length && !help) return;
  total(criteria);
  document.addEventListener("change", (event) => { if (event.target.closest("[data-score]")) total(criteria); });

  const control = document.querySelector("[data-key-switch]");
  let on = remembered() !== "1";
  if (!help || !control) return; // without a switch in sight no single-key shortcuts
  help.hidden = false;
  control.setAttribute("aria-pressed", String(on));
  control.addEventListener("click", () => {
    on = !on;
    control.setAttribute("aria-pressed", String(on));
    remember(on ? "" : "1");
  });
  document.addEventListener("keydown", (event) => {
    if (!on || event.ctrlKey || event.altKey || event.metaKey) return;
    const here = event.target.closest("[data-score]");
    const key = event.key.toLowerCase();
    if (typing(event.target)) {
      if (key !== "escape" || !here) return;
      marks(here).focus();
    } else if (/^\d$/.test(key) && here) mark(here, key);
    else if (key === "c" && here) here.querySelector("textarea")?.focus();
    else if ((key === "j" || key === "k") && criteria.length) move(criteria, here, key === "j" ? 1 : -1);
    else if (/^[a-z]$/.test(key) && document.querySelector(`a[data-shortcut="${key}"]`)) document.querySelector(`a[data-shortcut="${key}"]`).click();
    else return;
    event.preventDefault();
  });
}

const typing = (element) => element.matches("textarea, select, input:not([type=radio]):not([type=checkbox])") || element.isContentEditable;

const marks = (criterion) => criterion.querySelector("input:checked") ?? criterion.querySelector("input");

/* A second digit soon after the first makes one mark of both, where there is such a mark: 1 and 0 are 10. */
const digits = { typed: "", criterion: null, at: 0 };

function mark(criterion, key) {
  const choices = [...criterion.querySelectorAll("input[type=radio]")], soon = digits.criterion === criterion && Date.now() - digits.at < 1000;
  const choice = (soon && choices.find((input) => input.value === digits.typed + key)) || choices.find((input) => input.value === key);
  if (!choice) return;
  Object.assign(digits, { typed: choice.value, criterion, at: Date.now() });
  choice.checked = true;
  choice.focus();
  choice.dispatchEvent(new Event("input", { bubbles: true }));
  choice.dispatchEvent(new Event("change", { bubbles: true }));
}

function move(criteria, here, step) {
  const at = here ? criteria.indexOf(here) + step : step > 0 ? 0 : criteria.length - 1;
  const next = criteria[Math.max(at, 0)];
  if (!next) return criteria.at(-1).closest("form").querySelector("button[value=submit]").focus();
  marks(next).focus();
  next.scrollIntoView({ block: "nearest" });
}

/* For the eye only: the server computes the total that counts. */
function total(criteria) {
  const output = document.querySelector("[data-score-total]");
  if (!output) return;
  const sum = criteria.reduce((so_far, criterion) => {
    const chosen = criterion.querySelector("input:checked");
    return so_far + (chosen ? Number(chosen.value) * Number(criterion.dataset.weight) / Number(criterion.dataset.top) : 0);
  }, 0);
  output.textContent = new Intl.NumberFormat({ nl: "nl-BE", fr: "fr-BE", en: "en-GB" }[document.documentElement.lang], { maximumFractionDigits: 2 }).format(sum);
}

function remembered() {
  try { return localStorage.getItem(KEYS_OFF); } catch { return null; }
}

function remember(value) {
  try { localStorage.setItem(KEYS_OFF, value); } catch { /* a browser that keeps nothing: the switch lasts for this page */ }
}
