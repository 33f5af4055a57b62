/*
 * Long lists: a filter that says how much is left and stays in the address, so that it can be sent
 * to somebody, and tables that sort by a column.
 */
'use strict';
(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const KEY = 'filter=';

  for (const box of all('.kb-filter')) {
    const input = box.querySelector('input');
    const target = document.getElementById(input.dataset.filter);
    const rows = all('tbody tr, .kb-az li', target);
    const words = rows.map((row) => row.textContent.toLowerCase());
    const count = box.querySelector('.kb-filter__count');
    const none = box.querySelector('.kb-filter__none');
    const show = () => {
      const asked = input.value.toLowerCase().split(/\s+/).filter(Boolean);
      rows.forEach((row, index) => { row.hidden = !asked.every((word) => words[index].includes(word)); });
      for (const section of all('section', target)) section.hidden = !section.querySelector('li:not([hidden]), tbody tr:not([hidden])');
      const left = rows.filter((row) => !row.hidden).length;
      count.textContent = asked.length ? (left === 1 ? count.dataset.one : count.dataset.other.replace('{n}', left.toLocaleString(document.documentElement.lang))) : '';
      none.hidden = left > 0;
    };
    const read = () => {
      const place = location.hash.slice(1);
      if (!place.startsWith(KEY)) return;
      try { input.value = decodeURIComponent(place.slice(KEY.length)); } catch { return; }
      show();
    };
    box.hidden = false;
    input.addEventListener('input', () => {
      show();
      history.replaceState(null, '', input.value.trim() ? `#${KEY}${encodeURIComponent(input.value.trim())}` : location.pathname + location.search);
    });
    addEventListener('hashchange', read);
    read();
  }

  const text = new Intl.Collator(document.documentElement.lang, {numeric: true});
  const value = (row, column) => row.cells[column].dataset.sort ?? row.cells[column].textContent;
  for (const table of all('table[data-sortable]')) {
    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, column) => {
      const button = document.createElement('button');
      button.type = 'button';
      button.className = 'kb-sort';
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener('click', () => {
        const down = head.getAttribute('aria-sort') === 'ascending';
        for (const other of heads) other.removeAttribute('aria-sort');
        head.setAttribute('aria-sort', down ? 'descending' : 'ascending');
        const rows = [...table.tBodies[0].rows].sort((one, two) => text.compare(value(one, column), value(two, column)));
        table.tBodies[0].append(...(down ? rows.reverse() : rows));
      });
    });
  }
})();
