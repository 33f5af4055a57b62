/*
 * "Your names": what the reader types, or what a link brings (`#login_server:my.example.com`),
 * fills every slot on the page. Kept in this browser only.
 */
'use strict';
window.kbValues = (() => {
  const SLOTS = window.kbSlots || {derivations: [], examples: {}};
  // A link must not be able to put anything but a plain name into a command that someone pastes.
  const HARMLESS = /^[\p{L}\p{N}][\p{L}\p{N}._:/@%+=~,#-]{0,299}$/u;
  const STORE = 'kb.values';
  let typed = {...(__md_get(STORE) || {})};

  const clean = (value, type) => {
    let text = String(value).trim();
    if (type === 'host') text = text.replace(/^[a-z]+:\/\//i, '').replace(/\/.*$/, '');
    return HARMLESS.test(text) ? text : '';
  };
  const parts = (template) => [...template.matchAll(/\{([a-z0-9_]+)\}/g)].map((match) => match[1]);
  const compose = (template, values) => template.replace(/\{([a-z0-9_]+)\}/g, (whole, name) => values[name] || SLOTS.examples[name] || whole);
  const read = (template, value) => {
    const names = parts(template);
    const pattern = template.split(/\{[a-z0-9_]+\}/).map((text) => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&'));
    const match = new RegExp(`^${pattern.map((text, index) => text + (index < names.length ? (index < names.length - 1 ? '(.+?)' : '(.+)') : '')).join('')}$`, 'i').exec(value);
    return match ? Object.fromEntries(names.map((name, index) => [name, match[index + 1]])) : null;
  };

  /** All slot values that follow from what was typed. */
  const derived = () => {
    const values = {};
    for (const [name, value] of Object.entries(typed)) if (value) values[name] = value;
    for (let round = 0; round < 4; round += 1) {
      const done = new Set();
      for (const {from, template} of SLOTS.derivations) {
        const names = parts(template);
        if (values[from]) {
          const found = read(template, values[from]);
          for (const [name, value] of Object.entries(found || {})) values[name] = values[name] || value;
          if (found) done.add(from);
        }
      }
      for (const {from, template} of SLOTS.derivations) {
        if (values[from] || done.has(from)) continue;
        if (parts(template).some((name) => values[name])) values[from] = compose(template, values);
        done.add(from);
      }
    }
    return values;
  };

  const fill = () => {
    const values = derived();
    for (const slot of document.querySelectorAll('.kb-slot')) {
      const value = values[slot.dataset.slot];
      if (slot.dataset.example === undefined) slot.dataset.example = slot.textContent;
      slot.textContent = value || slot.dataset.example;
      slot.classList.toggle('kb-slot--filled', Boolean(value));
    }
    for (const form of document.querySelectorAll('.kb-values')) {
      for (const input of form.elements) {
        if (input.name && document.activeElement !== input) input.value = typed[input.name] || values[input.name] || '';
      }
      form.querySelector('.kb-values__reset').hidden = !Object.keys(values).length;
    }
  };

  const keep = () => { __md_set(STORE, typed); };

  /** Takes `#anchor&slot:value&…`; puts the plain anchor back into the address. */
  const fromFragment = () => {
    const fragment = location.hash.slice(1);
    if (!/(^|&)[a-z][a-z0-9_]*:/.test(fragment)) return;
    let anchor = '';
    for (const part of fragment.split('&')) {
      const colon = part.indexOf(':');
      if (colon < 0) { anchor = part; continue; }
      let value = '';
      try { value = clean(decodeURIComponent(part.slice(colon + 1))); } catch { /* a broken escape */ }
      const name = part.slice(0, colon);
      if (value && name in SLOTS.examples) typed[name] = value;
    }
    keep();
    history.replaceState(null, '', anchor ? `#${anchor}` : location.pathname + location.search);
    const target = anchor && document.getElementById(anchor);
    if (target) target.scrollIntoView();
  };

  const start = () => {
    for (const form of document.querySelectorAll('.kb-values')) {
      form.addEventListener('submit', (event) => event.preventDefault());
      form.addEventListener('input', (event) => {
        const input = event.target;
        const value = clean(input.value, input.dataset.type);
        input.setAttribute('aria-invalid', String(Boolean(input.value.trim()) && !value));
        if (value) typed[input.name] = value; else delete typed[input.name];
        keep();
        fill();
      });
      form.addEventListener('reset', () => { typed = {}; keep(); setTimeout(fill); });
      const toggle = form.querySelector('.kb-values__toggle');
      if (toggle) toggle.addEventListener('click', () => {
        form.classList.add('kb-values--open');
        toggle.hidden = true;
        form.querySelector('.kb-values__more input').focus();
      });
    }
    fromFragment();
    fill();
    addEventListener('hashchange', () => { fromFragment(); fill(); });
  };
  start();

  return {
    /** For the paste box: the fragment that hands these slots to a page. */
    fragment: (slots) => Object.entries(slots).filter(([, value]) => HARMLESS.test(value))
      .map(([name, value]) => `${name}:${encodeURIComponent(value)}`).join('&'),
    all: derived,
  };
})();
