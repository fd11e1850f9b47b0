/* Progressive enhancement. Every page works without this file; nothing here decides anything. */
import { Button, CharacterCount, Checkboxes, createAll, ErrorSummary, FileUpload, NotificationBanner, PasswordInput, Radios, Tabs } from "./build/govuk.js";

const KEYS_OFF = "oproep.keys-off";

document.body.classList.add("js-enabled", "govuk-frontend-supported");

/* Counts what a person sees: a new line is one character, and so is a letter with its accents. */
class SeenCount extends CharacterCount {
  updateCount() { this.count = seenLength(this.$textarea.value.trim()); }
}
const seenLength = (text) => Intl.Segmenter ? [...new Intl.Segmenter().segment(text.normalize())].length : [...text.normalize()].length;

for (const component of [ErrorSummary, NotificationBanner, SeenCount, FileUpload, Checkboxes, Radios, PasswordInput, Tabs]) createAll(component);
createAll(Button, { preventDoubleClick: true });
// The words in the file button touch in its text but not in its name: someone who speaks to the computer could not call it.
document.querySelectorAll(".govuk-file-upload-button__status").forEach((status) => status.after(" "));

submitOnce();
dirtyGuard();
menus();
scoring();
conditions();
rows();
budgets();

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

/* A question with data-only-if is shown while the one it names, in the same section, is answered so. The server decides what is asked. */
function conditions() {
  const waiting = [...document.querySelectorAll("[data-only-if]")];
  if (!waiting.length) return;
  const answers = (id) => [...document.getElementsByName(id)].filter((input) => input.checked && !input.closest(".question[hidden]")).map((input) => input.value);
  const look = () => {
    for (let changed = true; changed;) { // one that appears may bring another
      changed = false;
      for (const question of waiting) {
        const wanted = question.dataset.answers.split(" ");
        const hide = !answers(question.dataset.onlyIf).some((answer) => wanted.includes(answer));
        if (hide !== question.hidden) { question.hidden = hide; changed = true; }
      }
    }
  };
  document.addEventListener("change", look);
  look();
  // So that the server does not keep somebody here for questions they have seen already.
  const seen = Object.assign(document.createElement("input"), { type: "hidden", name: "_live", value: "1" });
  waiting[0].closest("form").append(seen);
}

/* Rows are added and removed at once; without this their buttons do it by saving. */
function rows() {
  document.addEventListener("click", (event) => {
    const add = event.target.closest("[data-add-row]");
    const remove = event.target.closest("[data-remove-row]");
    const group = (add ?? remove)?.closest("[data-rows]");
    if (!group) return;
    const all = [...group.querySelectorAll(":scope > [data-row]")];
    if (add && all.length >= Number(group.dataset.most)) return;
    event.preventDefault();
    if (add) freshRow(group, all).querySelector("input, select").focus();
    else {
      const gone = remove.closest("[data-row]");
      if (all.length === 1) freshRow(group, all);
      gone.remove();
      (group.querySelector("[data-row] input") ?? group).focus();
    }
    group.querySelectorAll(":scope > [data-row]").forEach((row, at) => row.querySelectorAll("[data-row-number]").forEach((number) => { number.textContent = at + 1; }));
    group.dispatchEvent(new Event("input", { bubbles: true }));
  });
}

function freshRow(group, all) {
  const last = all.at(-1);
  const row = last.cloneNode(true);
  const [old, next] = [last, { dataset: { row: 1 + Math.max(...all.map((one) => Number(one.dataset.row))) } }].map((one) => `${group.dataset.rows}.${one.dataset.row}.`);
  row.removeAttribute("id");
  row.dataset.row = next.slice(group.dataset.rows.length + 1, -1);
  for (const element of row.querySelectorAll("*")) {
    for (const attribute of element.attributes) attribute.value = attribute.value.replaceAll(old, next);
    if (element.matches("input, select")) element.value = "";
    if (element.matches(".govuk-error-message")) element.remove();
    element.classList.remove("govuk-form-group--error", "govuk-input--error", "govuk-select--error");
  }
  row.querySelector("[data-remove-row]").value = `remove:${next.slice(0, -1)}`;
  last.after(row);
  return row;
}

/* For the eye only, like the total of marks: the sums of a budget while it is typed. */
function budgets() {
  for (const budget of document.querySelectorAll("[data-budget]")) {
    const show = new Intl.NumberFormat({ nl: "nl-BE", fr: "fr-BE", en: "en-GB" }[document.documentElement.lang], { style: "currency", currency: "EUR", minimumFractionDigits: 0 });
    budget.addEventListener("input", () => {
      const sums = { direct: 0, overheads: 0, own: 0, funders: 0 };
      for (const input of budget.querySelectorAll("[data-sum]")) sums[input.dataset.sum] += typedCents(input.value);
      sums.total = sums.direct + sums.overheads;
      sums.requested = sums.total - sums.own - sums.funders;
      for (const output of budget.querySelectorAll("[data-sum-of]")) {
        const cents = sums[output.dataset.sumOf];
        output.textContent = Number.isNaN(cents) ? "…" : show.format(cents / 100);
      }
    });
  }
}

/* The cents somebody typed, by the rules of the server; NaN where it would ask back. */
function typedCents(text) {
  const bare = text.replace(/[\s'’€]|euros?|eur/gi, "");
  if (!bare) return 0;
  const found = /^(\d{1,3}(?:([.,])\d{3})*|\d+)(?:([.,])(\d{1,2}))?$/.exec(bare);
  if (!found || (found[2] && found[2] === found[3])) return NaN;
  const grouping = { nl: ".", fr: " ", en: "," }[document.documentElement.lang];
  if (found[2] && !found[3] && bare.split(found[2]).length === 2 && found[2] !== grouping) return NaN;
  return Number(found[1].replace(/[.,]/g, "")) * 100 + Number((found[4] ?? "").padEnd(2, "0"));
}

function menus() {
  const close = (menu, focus) => { menu.open = false; if (focus) menu.querySelector("summary").focus(); };
  const open = () => document.querySelectorAll("details[data-menu][open]");
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") open().forEach((menu) => close(menu, true)); });
  document.addEventListener("click", (event) => open().forEach((menu) => { if (!menu.contains(event.target)) close(menu, false); }));
}

/* Digits mark the criterion in focus, J and K go to the next and the previous one; all can be switched off (WCAG 2.1.4). */
function scoring() {
  const criteria = [...document.querySelectorAll("[data-score]")];
  if (!criteria.length) return;
  total(criteria);
  document.addEventListener("change", (event) => { if (event.target.closest("[data-score]")) total(criteria); });

  const help = document.querySelector("[data-key-help]");
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
    if (!on || event.ctrlKey || event.altKey || event.metaKey || typing(event.target)) return;
    const here = event.target.closest("[data-score]");
    const key = event.key.toLowerCase();
    if (/^\d$/.test(key) && here) mark(here, key);
    else if (key === "j" || key === "k") move(criteria, here, key === "j" ? 1 : -1);
    else return;
    event.preventDefault();
  });
}

const typing = (element) => element.matches("textarea, select, input:not([type=radio]):not([type=checkbox])") || element.isContentEditable;

function mark(criterion, key) {
  const choice = [...criterion.querySelectorAll("input[type=radio]")].find((input) => input.value === key);
  if (!choice) return;
  choice.checked = true;
  choice.focus();
  choice.dispatchEvent(new Event("input", { bubbles: true }));
  choice.dispatchEvent(new Event("change", { bubbles: true }));
}

function move(criteria, here, step) {
  const at = here ? criteria.indexOf(here) + step : step > 0 ? 0 : criteria.length - 1;
  const next = criteria[Math.min(Math.max(at, 0), criteria.length - 1)];
  (next.querySelector("input:checked") ?? next.querySelector("input")).focus();
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
