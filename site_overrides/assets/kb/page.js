/*
 * Small comforts of every page: copy buttons, platform choice that stays, the language
 * switch that keeps the place, print with everything unfolded.
 */
'use strict';
(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];

  const copy = async (text) => {
    try {
      await navigator.clipboard.writeText(text);
    } catch { // file:// in some browsers has no clipboard
      const area = document.createElement('textarea');
      area.value = text;
      area.className = 'kb-away';
      document.body.append(area);
      area.select();
      document.execCommand('copy');
      area.remove();
    }
  };
  window.kbCopy = copy;
  /** Says below a copied command which of its names are still examples; each leads to its field. */
  const tellLacking = (figure, inputs) => {
    for (const old of all('.kb-cmd__lacks', figure)) old.remove();
    if (!inputs.length) return;
    const told = document.createElement('p');
    told.className = 'kb-cmd__lacks';
    told.setAttribute('role', 'status');
    const [before, after] = inputs[0].form.dataset.lacks.split('{names}');
    told.append(before, ...inputs.flatMap((input, index) => {
      const go = document.createElement('button');
      go.type = 'button';
      go.textContent = input.labels[0].querySelector('span').textContent;
      go.addEventListener('click', () => { window.kbValues.ask(input); told.remove(); });
      return index ? [' · ', go] : [go];
    }), after);
    figure.append(told);
  };
  // For those who hear the page; the button keeps the focus, so that Tab goes on from it.
  const told = document.createElement('p');
  told.className = 'kb-unseen';
  told.setAttribute('role', 'status');
  document.body.append(told);
  document.addEventListener('click', async (event) => {
    const button = event.target.closest('.kb-copy');
    if (button) {
      const code = button.closest('figure').querySelector('code');
      await copy(code.textContent);
      tellLacking(button.closest('figure'), window.kbValues.missing(code));
      told.textContent = button.dataset.copied;
      if ('label' in button.dataset) return; // it still says so
      button.dataset.label = button.textContent;
      button.textContent = button.dataset.copied;
      setTimeout(() => {
        button.textContent = button.dataset.label;
        delete button.dataset.label;
        told.textContent = '';
      }, 1500);
    }
    const other = event.target.closest('a.md-select__link');
    if (other) {
      other.hash = location.hash;
      try { localStorage.setItem('kbmatch.language', other.hreflang); } catch { /* storage is switched off */ }
    }
  });

  const PLATFORMS = 'kb.platforms';
  const choose = (order) => {
    for (const tabs of all('.kb-tabs')) {
      const inputs = all('input', tabs);
      const wanted = order.map((id) => inputs.find((input) => input.value === id)).find(Boolean);
      if (wanted) wanted.checked = true;
    }
  };
  document.addEventListener('change', (event) => {
    if (!event.target.closest('.kb-tabs')) return;
    const chosen = event.target.value;
    const top = event.target.getBoundingClientRect().top;
    const order = [chosen, ...(__md_get(PLATFORMS) || []).filter((id) => id !== chosen)];
    __md_set(PLATFORMS, order);
    choose(order);
    scrollBy(0, event.target.getBoundingClientRect().top - top); // other tabs above may have grown
  });
  choose(__md_get(PLATFORMS) || []);

  // The line that the box found, already masked, goes into the ticket's summary.
  const seen = __md_get('kb.seen', sessionStorage);
  const line = document.querySelector('.kb-ticket [data-message]');
  if (seen && line && line.dataset.message === seen.id) line.textContent = `\n\n\`\`\`\n${seen.text}\n\`\`\``;

  // Print shows the fixes that are folded away, and folds them again; wordings and reading stay folded.
  let unfolded = [];
  addEventListener('beforeprint', () => {
    unfolded = all('.md-content details:not([open], .kb-wordings, .kb-listing, .kb-links details)');
    for (const box of unfolded) box.open = true;
  });
  addEventListener('afterprint', () => { for (const box of unfolded) box.open = false; });
})();
