// Everything works without this file; it only adds buttons that copy.
for (const button of document.querySelectorAll("[data-copy]")) {
  const from = document.getElementById(button.dataset.copy);
  const name = button.textContent;
  button.hidden = false;
  button.addEventListener("click", async () => {
    const text = from.value ?? from.textContent;
    let done = false;
    try {
      await navigator.clipboard.writeText(text);
      done = true;
    } catch {
      const range = document.createRange(); // no clipboard over plain http: the older way
      range.selectNodeContents(from);
      const selection = getSelection();
      selection.removeAllRanges();
      if (from.select) from.select(); else selection.addRange(range);
      done = document.execCommand("copy");
    }
    button.textContent = done ? "Copied" : "Select it and copy";
    document.getElementById("live").textContent = done ? "Copied" : "Copying is not allowed here";
    setTimeout(() => { button.textContent = name; }, 2000);
  });
}
