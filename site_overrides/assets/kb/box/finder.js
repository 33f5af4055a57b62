/*
 * The search of every page: Ctrl/Cmd+K, `/`, or the field in the header. It asks what the paste box
 * asks: messages first, then titles, other names and reference pages, then every page's text.
 */
'use strict';
(() => {
  const opener = document.querySelector('.kb-find');
  if (!opener) return;
  const kit = window.kbKit;
  const {make} = kit;
  const PAUSE = 120;
  const SHOWN = 8;
  const texts = opener.dataset;
  opener.setAttribute('role', 'button');
  opener.setAttribute('aria-haspopup', 'dialog');
  const isMac = /mac|iphone|ipad/i.test(navigator.platform);
  const key = opener.querySelector('kbd');
  if (isMac && key) key.textContent = '⌘K';

  let dialog = null;
  let input = null;
  let list = null;
  let status = null;
  let pasted = null; // what the one line cannot hold
  let asked = 0;
  let timer = 0;
  let active = -1;
  const options = () => [...list.querySelectorAll('[role=option]')];

  const activate = (index) => {
    const all = options();
    active = all.length ? (index + all.length) % all.length : -1;
    all.forEach((option, at) => option.setAttribute('aria-selected', String(at === active)));
    if (active >= 0) {
      input.setAttribute('aria-activedescendant', all[active].id);
      all[active].scrollIntoView({block: 'nearest'});
    } else input.removeAttribute('aria-activedescendant');
  };

  let serial = 0;
  const option = (name, values, ...children) => {
    serial += 1;
    return make(name, {role: 'option', id: `kb-finder-${serial}`, 'aria-selected': 'false', tabindex: '-1', class: 'kb-finder__option', ...values}, ...children);
  };
  const line = (row) => make('span', {class: row.message ? 'kb-finder__said kb-finder__said--message' : 'kb-finder__said'}, ...kit.marked(row.text, row.terms));
  const ofMatch = (match) => {
    const page = kit.pages.symptoms[match.id];
    const made = option('a', {href: kit.address(page.path, match.slots), 'data-path': page.path, 'data-role': match.role},
      make('span', {class: 'kb-finder__title'}, page.title), window.kbCard.kind('error'), kit.origin(page.path),
      line({text: window.kbCard.glance(match), message: true, terms: []}),
      match.role === 'primary' ? make('span', {class: 'kb-finder__said'}, page.brief) : null);
    made.addEventListener('click', () => window.kbCard.remember(match));
    return made;
  };
  const ofRow = (row) => option('a', {href: kit.address(row.path, {}, row.anchor), 'data-path': row.path},
    make('span', {class: 'kb-finder__title'}, ...kit.marked(row.title, row.terms)), window.kbCard.kind(row.kind), kit.origin(row.path), line(row));
  const group = (title, items) => {
    serial += 1;
    const id = `kb-finder-${serial}`;
    const made = make('div', {role: 'group', 'aria-labelledby': id}, make('div', {class: 'kb-finder__group', id, role: 'presentation'}, title), ...items.slice(0, SHOWN));
    if (items.length > SHOWN) {
      const more = option('div', {'data-more': ''}, make('span', {class: 'kb-finder__more'}, kit.say('find.all', {n: kit.number(items.length)})));
      more.addEventListener('click', () => {
        const at = options().indexOf(more);
        more.replaceWith(...items.slice(SHOWN));
        activate(at);
        input.focus();
      });
      made.append(more);
    }
    return made;
  };

  const clear = () => {
    list.replaceChildren();
    input.setAttribute('aria-expanded', 'false');
    status.textContent = '';
    activate(-1);
  };
  const show = (answer) => {
    const groups = [];
    const rows = window.kbCard.rows(answer);
    if (answer.matches.length) groups.push(group(kit.say('find.matched'), answer.matches.map(ofMatch)));
    const title = answer.matches.length ? 'find.more' : answer.exact ? 'box.words' : answer.terms.length > 8 ? 'box.near' : 'box.closest';
    if (rows.length) groups.push(group(kit.say(title), rows.map(ofRow)));
    list.replaceChildren(...groups);
    input.setAttribute('aria-expanded', String(groups.length > 0));
    const count = answer.matches.length + rows.length;
    const meant = answer.meant.length ? `${kit.say('find.meant', {words: answer.meant.map(([, word]) => word).join(kit.say('comma'))})} ` : '';
    status.textContent = answer.late ? kit.say('box.late') : count ? meant + kit.counted('box.pages', count) : kit.say('box.nothing');
    activate(count ? 0 : -1);
  };
  const search = async () => {
    clearTimeout(timer);
    asked += 1;
    const mine = asked;
    const text = pasted === null ? input.value : pasted;
    delete list.dataset.answered;
    if (kit.tiny(text)) { clear(); list.dataset.answered = String(mine); return; }
    list.setAttribute('aria-busy', 'true');
    const answer = await kit.ask(text);
    if (mine !== asked) return;
    if (answer) show(answer);
    list.removeAttribute('aria-busy');
    list.dataset.answered = String(mine);
  };
  const soon = (pause) => { clearTimeout(timer); delete list.dataset.answered; timer = setTimeout(search, pause); };

  const build = () => {
    input = make('input', {
      type: 'text', class: 'kb-finder__input', role: 'combobox', 'aria-expanded': 'false', 'aria-autocomplete': 'list',
      'aria-controls': 'kb-finder-list', 'aria-label': texts.label, placeholder: texts.placeholder,
      autocomplete: 'off', autocapitalize: 'off', spellcheck: 'false', enterkeyhint: 'go',
    });
    list = make('div', {id: 'kb-finder-list', class: 'kb-finder__list', role: 'listbox', 'aria-label': texts.label});
    status = make('p', {class: 'kb-finder__status', role: 'status'});
    const close = make('button', {type: 'button', class: 'kb-finder__close', 'aria-label': texts.close}, 'Esc');
    close.addEventListener('click', () => dialog.close());
    dialog = make('dialog', {class: 'kb-finder', 'aria-label': texts.label},
      make('div', {class: 'kb-finder__head'}, input, close), status, list,
      make('p', {class: 'kb-finder__keys', 'aria-hidden': 'true'}, texts.keys));
    document.body.append(dialog);

    input.addEventListener('input', (event) => {
      pasted = null;
      if (!event.isComposing) soon(event.inputType === 'insertFromPaste' ? 0 : PAUSE);
    });
    input.addEventListener('compositionend', () => soon(PAUSE));
    input.addEventListener('paste', (event) => {
      const text = event.clipboardData.getData('text');
      if (!text.includes('\n') && text.length <= 2000) return;
      event.preventDefault();
      input.value = text.trim().replace(/\s+/g, ' ').slice(0, 300);
      pasted = text;
      search();
    });
    input.addEventListener('keydown', (event) => {
      if (event.isComposing || event.keyCode === 229) return;
      if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
        event.preventDefault();
        activate(active + (event.key === 'ArrowDown' ? 1 : -1));
      } else if (event.key === 'Enter') {
        event.preventDefault();
        const chosen = options()[active];
        if (chosen) chosen.click();
      }
    });
    dialog.addEventListener('click', (event) => {
      if (event.target === dialog) dialog.close(); // beside it
      else if (event.target.closest('a[role=option]')) dialog.close(); // the page may be this one
    });
    dialog.addEventListener('close', () => { clearTimeout(timer); });
  };
  const open = () => {
    if (!dialog) build();
    if (!dialog.open) dialog.showModal();
    input.focus();
    input.select();
    kit.prepare();
  };

  opener.addEventListener('click', (event) => { event.preventDefault(); open(); });
  document.addEventListener('keydown', (event) => {
    if (event.isComposing || event.altKey) return;
    const typing = event.target.closest('input, textarea, select, [contenteditable]');
    const slash = event.key === '/' && !event.ctrlKey && !event.metaKey && !typing;
    const letter = event.key.toLowerCase() === 'k' && (event.ctrlKey || event.metaKey) && !event.shiftKey;
    if (!slash && !letter) return;
    event.preventDefault();
    event.stopPropagation();
    open();
  }, {capture: true});
})();
