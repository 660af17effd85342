// Sorts and filters tables, opens what a link leads into, and turns the light off.
const root = document.documentElement;

// Tables by their id, each with a function that applies its filters.
const filters = new Map();

for (const table of document.querySelectorAll("table[data-sorts]")) {
  const label = table.caption.textContent;
  table.parentElement.replaceWith(table);
  const sorted = new DataTable(table, {
    autoWidth: false,
    lengthMenu: [25, 100, { label: "all", value: -1 }],
    layout: { topStart: null, topEnd: null, bottomStart: ["info", "pageLength"], bottomEnd: "paging" },
    order: [],
    pageLength: 25,
  });
  // What scrolls can be reached by keyboard.
  const box = sorted.table().container().querySelector(".dt-layout-table");
  for (const [name, value] of [["tabindex", "0"], ["role", "group"], ["aria-label", label]]) {
    box.setAttribute(name, value);
  }
  const form = document.querySelector(`form[data-table="${table.id}"]`);
  const names = [...table.tHead.rows[0].cells].map((cell) => cell.dataset.name);
  const apply = () => {
    for (const select of form.querySelectorAll("select")) {
      sorted.column(names.indexOf(select.dataset.column)).search(select.value, { exact: select.value !== "" });
    }
    sorted.search(form.querySelector("input").value).draw();
  };
  form.hidden = false;
  form.addEventListener("input", apply);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(apply));
  filters.set(table.id, { form, apply });
}

// A link to the verdicts of a statement leaves only those.
for (const link of document.querySelectorAll("a[data-claim]")) {
  link.addEventListener("click", () => {
    const { form, apply } = filters.get("all-verdicts");
    form.reset();
    form.querySelector('select[data-column="claim"]').value = link.dataset.claim;
    setTimeout(apply);
  });
}

function openTarget() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  for (let part = target; part; part = part.parentElement) {
    if (part.tagName === "DETAILS") part.open = true;
  }
  target?.scrollIntoView();
}
addEventListener("hashchange", openTarget);
openTarget();

// The theme is that of the system until the button says otherwise.
const button = document.getElementById("theme");
const system = matchMedia("(prefers-color-scheme: dark)");
const isDark = () => (root.dataset.theme ?? (system.matches ? "dark" : "light")) === "dark";
const show = () => button.setAttribute("aria-pressed", String(isDark()));
button.addEventListener("click", () => {
  root.dataset.theme = isDark() ? "light" : "dark";
  show();
});
system.addEventListener("change", show);
button.hidden = false;
show();
