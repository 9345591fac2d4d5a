"use strict";

// Selecting a range on the histogram: by dragging, or by keyboard. Each bar is a link already; the
// chart becomes one tab stop, where arrows move, Shift and arrows select, Enter applies and Escape
// cancels.
{
  class RangeChart {
    constructor(root) {
      this.root = root;
      this.plot = root.querySelector("[data-plot]");
      this.selection = root.querySelector("[data-selection]");
      this.text = root.querySelector("[data-text]");
      this.idle = [...this.text.childNodes];
      this.bars = [...root.querySelectorAll("a[data-count]")];
      this.anchor = null;
      this.head = null;
      this.isDragging = false;
      this.bars.forEach((bar, index) => {
        this.prepare(bar, index);
      });
      this.listenToPointer();
      this.root.addEventListener("keydown", (event) => this.onKey(event));
    }

    prepare(bar, index) {
      bar.setAttribute("tabindex", index === this.bars.length - 1 ? "0" : "-1");
      bar.addEventListener("pointerenter", () => {
        if (this.anchor === null) this.say(bar.getAttribute("aria-label"));
      });
      bar.addEventListener("focus", () => {
        if (this.anchor === null) this.say(bar.getAttribute("aria-label"));
      });
    }

    listenToPointer() {
      this.plot.addEventListener("pointerdown", (event) => {
        if (event.button !== 0 || event.pointerType === "touch") return;
        this.anchor = this.head = this.indexAt(event.clientX);
        this.isDragging = false;
      });
      addEventListener("pointermove", (event) => this.drag(event));
      addEventListener("pointerup", () => {
        if (this.isDragging) this.apply();
        else this.cancel();
      });
      this.plot.addEventListener("pointerleave", () => {
        if (this.anchor === null) this.text.replaceChildren(...this.idle);
      });
      // A drag ends in a click on the link below the pointer, and links can be dragged away.
      this.plot.addEventListener("click", (event) => this.isDragging && event.preventDefault());
      this.plot.addEventListener("dragstart", (event) => event.preventDefault());
    }

    drag(event) {
      if (this.anchor === null || event.buttons !== 1) return;
      const index = this.indexAt(event.clientX);
      if (index === this.head) return;
      this.isDragging = true;
      this.select(index);
    }

    onKey(event) {
      const index = this.bars.indexOf(document.activeElement);
      if (index < 0) return;
      const last = this.bars.length - 1;
      const target = { ArrowLeft: index - 1, ArrowRight: index + 1, Home: 0, End: last }[event.key];
      if (target !== undefined) {
        event.preventDefault();
        this.move(index, Math.max(0, Math.min(last, target)), event.shiftKey);
      } else if (event.key === "Enter" && this.anchor !== null) {
        event.preventDefault();
        this.apply();
      } else if (event.key === "Escape") {
        this.cancel();
        this.say(this.bars[index].getAttribute("aria-label"));
      }
    }

    move(from, to, isSelecting) {
      if (!isSelecting) this.cancel();
      else if (this.anchor === null) this.anchor = from;
      this.bars[from].setAttribute("tabindex", "-1");
      this.bars[to].setAttribute("tabindex", "0");
      this.bars[to].focus();
      if (isSelecting) this.select(to);
    }

    indexAt(x) {
      const box = this.plot.getBoundingClientRect();
      const index = Math.floor(((x - box.left) / box.width) * this.bars.length);
      return Math.max(0, Math.min(this.bars.length - 1, index));
    }

    // The bars from the first to the last one selected.
    get selected() {
      const ends = [this.anchor, this.head].sort((a, b) => a - b);
      return this.bars.slice(ends[0], ends[1] + 1);
    }

    select(head) {
      this.head = head;
      const selected = this.selected;
      const share = 100 / this.bars.length;
      this.selection.hidden = false;
      this.selection.style.left = `${this.bars.indexOf(selected[0]) * share}%`;
      this.selection.style.width = `${selected.length * share}%`;
      const count = selected.reduce((sum, bar) => sum + Number(bar.dataset.count), 0);
      this.say(
        this.root.dataset.range
          .replace("{first}", selected[0].dataset.first)
          .replace("{last}", selected.at(-1).dataset.last)
          .replace("{count}", count.toLocaleString(document.documentElement.lang)),
      );
    }

    // From where the first bar begins to where the last one ends.
    apply() {
      const selected = this.selected;
      const target = new URL(selected[0].getAttribute("href"), location.href);
      const last = new URL(selected.at(-1).getAttribute("href"), location.href);
      target.searchParams.set("until", last.searchParams.get("until"));
      location.assign(target);
    }

    cancel() {
      this.anchor = this.head = null;
      this.isDragging = false;
      this.selection.hidden = true;
    }

    say(text) {
      this.text.textContent = text;
    }
  }

  document.addEventListener("DOMContentLoaded", () => {
    for (const root of document.querySelectorAll("[data-chart]")) new RangeChart(root);
  });
}
