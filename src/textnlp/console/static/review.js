// The keyboard on the page where people review. Without it the page is an ordinary form.
"use strict";
(() => {
  const TYPED = "input:not([type=radio], [type=checkbox]), textarea, select";
  const PRESSED = "button, a, summary";
  const form = () => document.getElementById("answer-form");
  const questions = () => [...document.querySelectorAll("#answer-form [data-question]")];
  const active = () => questions().find((each) => each.classList.contains("active"));

  function activate(question) {
    for (const each of questions()) each.classList.toggle("active", each === question);
  }

  function step(by) {
    const all = questions();
    const next = all[all.indexOf(active()) + by];
    if (!next) return false;
    activate(next);
    next.scrollIntoView({ block: "nearest" });
    next.querySelector("[data-spans], textarea, select")?.focus({ preventScroll: true });
    return true;
  }

  function begin() {
    for (const box of document.querySelectorAll("[data-spans]")) passages(box);
    const all = questions();
    const open = all.find((each) => each.querySelector("[type=radio]") && !each.querySelector(":checked"));
    activate(open ?? all[0]);
  }

  function submit() {
    if (form().reportValidity()) form().querySelector("[data-submit]").click();
  }

  function answer(digit) {
    const question = active();
    const choice = question?.querySelector(`[data-digit="${digit}"]`);
    if (!choice) return false;
    if (choice.matches("[data-label]")) return label(question.querySelector("[data-spans]"), choice.dataset.label);
    choice.click();
    if (choice.type === "radio") step(1);
    return true;
  }

  // Passages are kept as JSON in a text field, counted in characters as programs elsewhere count them: code points.
  const points = (text) => [...text].length;
  const units = (text, count) => [...text].slice(0, count).join("").length;

  function field(box) {
    return form().elements[box.dataset.spans];
  }

  function marked(box) {
    try {
      return JSON.parse(field(box).value || "[]");
    } catch {
      return [];
    }
  }

  function passages(box) {
    field(box).closest(".typed").hidden = true;
    draw(box);
  }

  function keep(box, spans) {
    const sorted = spans.toSorted((one, other) => one.start - other.start || one.end - other.end);
    field(box).value = sorted.length ? JSON.stringify(sorted) : "";
    draw(box);
  }

  function draw(box) {
    const text = box.textContent;
    const spans = marked(box).map((each) => ({ ...each, from: units(text, each.start), to: units(text, each.end) }));
    const cuts = [...new Set([0, text.length, ...spans.flatMap((each) => [each.from, each.to])])].sort((a, b) => a - b);
    box.replaceChildren();
    for (let place = 0; place + 1 < cuts.length; place += 1) {
      let node = document.createTextNode(text.slice(cuts[place], cuts[place + 1]));
      for (const span of spans.filter((each) => each.from <= cuts[place] && cuts[place + 1] <= each.to)) {
        const mark = document.createElement("mark");
        mark.className = `l${labels(box).indexOf(span.label) % 4}`;
        if (span.to === cuts[place + 1]) mark.dataset.label = span.label;
        mark.append(node);
        node = mark;
      }
      box.append(node);
    }
    list(box, text, spans);
  }

  function labels(box) {
    return [...box.parentElement.querySelectorAll("[data-label][type=button]")].map((each) => each.dataset.label);
  }

  function list(box, text, spans) {
    const entries = spans.map((span) => {
      const entry = document.createElement("li");
      const remove = document.createElement("button");
      remove.type = "button";
      remove.className = "small plain";
      remove.textContent = "×";
      remove.setAttribute("aria-label", `Unmark ${text.slice(span.from, span.to)}`);
      remove.addEventListener("click", () => keep(box, marked(box).filter((each) => !isSame(each, span))));
      const name = document.createElement("strong");
      name.textContent = span.label;
      entry.append(name, ` ${text.slice(span.from, span.to)} `, remove);
      return entry;
    });
    box.parentElement.querySelector(".passages").replaceChildren(...entries);
  }

  function isSame(one, other) {
    return one.start === other.start && one.end === other.end && one.label === other.label;
  }

  // Returns what is selected within a text, in UTF-16 units from its beginning; null for nothing.
  function selected(box) {
    const selection = window.getSelection();
    if (!selection.rangeCount || selection.isCollapsed) return null;
    const range = selection.getRangeAt(0);
    if (!box.contains(range.startContainer) || !box.contains(range.endContainer)) return null;
    const before = document.createRange();
    before.selectNodeContents(box);
    before.setEnd(range.startContainer, range.startOffset);
    const start = before.toString().length;
    return { start, end: start + range.toString().length };
  }

  function select(box, start, end) {
    const range = document.createRange();
    const walker = document.createTreeWalker(box, NodeFilter.SHOW_TEXT);
    let passed = 0;
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const next = passed + node.length;
      if (passed <= start && start < next) range.setStart(node, start - passed);
      if (passed < end && end <= next) range.setEnd(node, end - passed);
      passed = next;
    }
    const selection = window.getSelection();
    selection.removeAllRanges();
    selection.addRange(range);
  }

  function label(box, name) {
    const chosen = selected(box);
    if (!chosen) return false;
    const text = box.textContent;
    const span = {
      start: points(text.slice(0, chosen.start)),
      end: points(text.slice(0, chosen.end)),
      label: name,
    };
    if (!marked(box).some((each) => isSame(each, span))) keep(box, [...marked(box), span]);
    select(box, chosen.start, chosen.end);
    return true;
  }

  function unmark(box) {
    const chosen = selected(box);
    if (!chosen) return;
    const text = box.textContent;
    const [start, end] = [points(text.slice(0, chosen.start)), points(text.slice(0, chosen.end))];
    keep(box, marked(box).filter((each) => each.end <= start || end <= each.start));
    select(box, chosen.start, chosen.end);
  }

  function move(box, by, isGrowing) {
    const words = [...box.textContent.matchAll(/[\p{L}\p{N}_]+|[^\s\p{L}\p{N}_]+/gu)];
    if (!words.length) return;
    const chosen = selected(box);
    const ends = words.map((each) => ({ start: each.index, end: each.index + each[0].length }));
    if (!chosen) {
      const first = by > 0 ? ends[0] : ends.at(-1);
      select(box, first.start, first.end);
      return;
    }
    const last = ends.findLastIndex((each) => each.start < chosen.end);
    const first = ends.findIndex((each) => each.end > chosen.start);
    if (isGrowing) {
      const to = Math.min(ends.length - 1, Math.max(first, last + by));
      select(box, ends[first].start, ends[to].end);
    } else {
      const to = ends[Math.min(ends.length - 1, Math.max(0, (by > 0 ? last : first) + by))];
      select(box, to.start, to.end);
    }
  }

  function pressInText(box, event) {
    if (event.key === "ArrowRight" || event.key === "ArrowLeft") {
      move(box, event.key === "ArrowRight" ? 1 : -1, event.shiftKey);
      return true;
    }
    if (event.key === "Delete" || event.key === "Backspace") {
      unmark(box);
      return true;
    }
    return false;
  }

  function press(event) {
    if (event.key === "Enter" || (event.key === "j" && !event.shiftKey)) {
      submit();
      return true;
    }
    if ((event.key === "ArrowDown" || event.key === "ArrowUp") && event.target.type !== "radio") {
      return step(event.key === "ArrowDown" ? 1 : -1);
    }
    return /^[1-9]$/.test(event.key) && answer(event.key);
  }

  document.addEventListener("keydown", (event) => {
    if (!form() || event.altKey) return;
    const isTyped = event.target.matches(TYPED);
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      submit();
      return;
    }
    if (event.ctrlKey || event.metaKey) return;
    if (isTyped) {
      if (event.key === "Escape") event.target.blur();
      return;
    }
    if (event.key === "Enter" && event.target.closest(PRESSED)) return;
    const box = event.target.closest("[data-spans]");
    if ((box && pressInText(box, event)) || press(event)) event.preventDefault();
  }, true);

  document.addEventListener("focusin", (event) => {
    const question = event.target.closest?.("[data-question]");
    if (question) activate(question);
  });

  // The labels of passages keep what is selected while they are pressed.
  document.addEventListener("mousedown", (event) => {
    if (event.target.closest?.("[data-label][type=button]")) event.preventDefault();
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-label][type=button]");
    if (button) label(button.closest("[data-question]").querySelector("[data-spans]"), button.dataset.label);
  });

  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.target.id !== "item") return;
    document.getElementById("notices").replaceChildren();
    begin();
    document.getElementById("item-heading")?.focus({ preventScroll: true });
    if (event.target.getBoundingClientRect().top < 0) event.target.scrollIntoView();
  });
  begin();
})();
