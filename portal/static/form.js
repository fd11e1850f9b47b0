/* The form of an application: room left in a text, questions an answer brings, rows, sums. Nothing here decides anything. */
import { CharacterCount, createAll } from "./build/govuk.js";

/* Counts what a person sees: a new line is one character, and so is a letter with its accents. */
class SeenCount extends CharacterCount {
  updateCount() { this.count = seenLength(this.$textarea.value.trim()); }
}
const seenLength = (text) => Intl.Segmenter ? [...new Intl.Segmenter().segment(text.normalize())].length : [...text.normalize()].length;

createAll(SeenCount);
conditions();
rows();
budgets();

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
