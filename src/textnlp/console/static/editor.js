// Line numbers beside the recipe, with the line marked that something is wrong with.
"use strict";

(() => {
  const text = document.getElementById("recipe");
  const check = document.getElementById("check");
  const gutter = document.createElement("div");
  gutter.className = "gutter";
  gutter.setAttribute("aria-hidden", "true");
  text.before(gutter);
  text.parentElement.classList.add("numbered");

  function number() {
    const count = text.value.split("\n").length;
    if (gutter.childElementCount !== count) {
      gutter.replaceChildren(...Array.from({ length: count }, (_, index) => {
        const line = document.createElement("span");
        line.textContent = String(index + 1);
        return line;
      }));
    }
    mark();
    gutter.scrollTop = text.scrollTop;
  }

  function mark() {
    const faulty = Number(check.querySelector("[data-fault-line]")?.dataset.faultLine || 0);
    for (const line of gutter.querySelectorAll(".marked")) line.classList.remove("marked");
    gutter.children[faulty - 1]?.classList.add("marked");
  }

  function goTo(line) {
    const lines = text.value.split("\n");
    const start = lines.slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
    text.focus();
    text.setSelectionRange(start, start + (lines[line - 1] ?? "").length);
    text.scrollTop = Math.max(0, (line - 4) * (text.scrollHeight / lines.length));
  }

  text.addEventListener("input", number);
  text.addEventListener("scroll", () => { gutter.scrollTop = text.scrollTop; });
  document.addEventListener("htmx:afterSwap", (event) => { if (event.detail.target === check) mark(); });
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-goto]");
    if (button) goTo(Number(button.dataset.goto));
  });
  number();
})();
